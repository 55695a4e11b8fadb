/**
 * The answer in one sentence; only numbers and places are bold.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];

  /** Split `a **b** c` into text and bold parts. */
  function rich(text) {
    return text.split('**').map((part, k) => (k % 2 ? LC.h('b', null, part) : part));
  }

  /** Give the sentence with `**` around what is bold. */
  LC.sentenceText = (app) => {
    const { view } = app;
    const words = LC.wordsOf(app);
    const sums = LC.sums(view, app.minutes);
    if (!view.category) return LC.t('sentence_no_category', words);
    if (view.category.facilities === 0) return LC.t('sentence_no_facility', words);
    if (sums.whole === null) return LC.t('sentence_unknown', words);
    if (sums.covered === null) return LC.t('sentence_nobody', words);
    const params = {
      ...words,
      share: LC.share(sums.covered, sums.whole),
      gap_amount: LC.amountText(sums.gap, view.basis),
    };
    if (sums.gap === 0) return LC.t('sentence_all', params);
    const holders = LC.gapHolders(view, app.minutes);
    if (!holders) return LC.t('sentence_short', params);
    const part = Math.min(99, Math.floor(holders.permille / 10));
    const names = LC.list(holders.names.map((name) => '**' + name + '**'));
    return LC.t('sentence', { ...params, part, names, n: holders.names.length });
  };

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      // Plain http has no clipboard: fall back to a selection.
      const area = LC.h('textarea', { class: 'off-screen' });
      area.value = text;
      document.body.appendChild(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    LC.notice('copied');
  }

  const basisLine = (app) =>
    LC.t(
      'copy_line',
      { ...LC.wordsOf(app), month: LC.month(app.view.month), url: window.location.href }
    );

  LC.views.push({
    id: 'sentence',
    needs: ['view', 'minutes'],
    draw(container, app) {
      const text = LC.sentenceText(app);
      const plain = text.replace(/\*\*/g, '');
      LC.replace(
        container,
        LC.h(
          'p',
          { class: 'sentence-text', role: 'status', 'aria-live': 'polite', title: plain },
          rich(text)
        ),
        LC.h(
          'button',
          {
            type: 'button',
            class: 'link sentence-copy',
            'data-key': 'copy',
            on: { click: () => copy(plain + '\n' + basisLine(app)) },
          },
          LC.t('copy')
        )
      );
      const line = container.firstChild;
      container.classList.remove('is-long');
      container.classList.toggle('is-long', line.scrollWidth > line.clientWidth);
    },
  });
})();
