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
    const own = LC.workPage(app);
    if (own) return own.sentence(app);
    const indicator = app.state.p === 'coverage' ? LC.indicatorOf(app) : null;
    if (indicator) return LC.indicatorSentence(app, indicator, () => LC.redraw('sentence'));
    const words = LC.wordsOf(app);
    const sums = LC.sums(view, app.minutes);
    if (!view.category) return LC.t('sentence_no_category', words);
    // The legend of the coverage page says it; there the sentence has two lines at most.
    const tail = app.state.p === 'coverage' ? '' : LC.openingTail(view);
    if (view.category.facilities === 0) {
      const isAnyHour = view.opening === 'any';
      return LC.t(isAnyHour ? 'sentence_no_facility' : 'sentence_no_open', words) + tail;
    }
    if (sums.whole === null) return LC.t('sentence_unknown', words);
    if (sums.covered === null) return LC.t('sentence_nobody', words);
    const params = {
      ...words,
      share: LC.atLeast(view, LC.share(sums.covered, sums.whole)),
      gap_amount: LC.atMost(view, LC.amountText(sums.gap, view.basis)),
    };
    if (sums.gap === 0) return LC.t('sentence_all', params);
    const holders = LC.gapHolders(view, app.minutes);
    if (!holders) return LC.t('sentence_short', params) + tail;
    const part = Math.min(99, Math.floor(holders.permille / 10));
    const names = LC.list(holders.names.map((name) => '**' + name + '**'));
    return LC.t('sentence', { ...params, part, names, n: holders.names.length }) + tail;
  };

  /** Put a text on the clipboard and say so. */
  LC.copyText = async (text) => {
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
  };

  const basisLine = (app) =>
    LC.t(
      'copy_line',
      { ...LC.wordsOf(app), month: LC.month(app.view.month), url: window.location.href }
    );

  const SIZES = {
    overview: [24, 22, 20, 18],
    coverage: [16, 15, 14],
    gaps: [24, 22, 20, 18, 16],
    standards: [24, 22, 20, 18, 16],
  };
  const WALL_SIZES = {
    overview: [34, 30, 26],
    coverage: [26, 24, 22],
    gaps: [34, 30, 26],
    standards: [34, 30, 26],
  };
  const BESIDE_PX = 84; // the button, the gap and the padding
  let pen = null;

  /** Measured on a canvas: asking the page for its widths would make it lay everything out. */
  function widthOf(text, size) {
    if (!pen) pen = document.createElement('canvas').getContext('2d');
    return text.split('**').reduce((sum, part, k) => {
      pen.font = (k % 2 ? '600 ' : '400 ') + size + 'px ' + LC.font();
      return sum + pen.measureText(part).width;
    }, 0);
  }

  /** Let a long sentence shrink, then take two lines; it is the answer and is never cut. */
  function fit(container, page, text, width) {
    const sizes = (LC.isVeryWide() ? WALL_SIZES : SIZES)[page];
    if (!sizes) return;
    const size = sizes.find((one) => widthOf(text, one) <= width - BESIDE_PX);
    container.classList.toggle('is-folded', !size);
    if (size) container.style.setProperty('--fit', size + 'px');
    else container.style.removeProperty('--fit');
  }

  LC.views.push({
    id: 'sentence',
    needs: ['view', 'minutes', 'layers', 'lists', 'page'],
    draw(container, app, width) {
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
            on: { click: () => LC.copyText(plain + '\n' + basisLine(app)) },
          },
          LC.t('copy')
        )
      );
      fit(container, app.state.p, text, width);
    },
  });
})();
