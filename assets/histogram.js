/**
 * How many need how many minutes, with the limit as a second slider below on the same scale.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const LAST = 30;
  const HEIGHT = 66;
  const FLAG = 16;

  function bars(counts, m, highest) {
    return counts.map((count, minute) => {
      if (minute === 0 || !count) return null;
      const height = Math.max(1, (HEIGHT * count) / highest);
      return LC.svg('rect', {
        x: (minute - 1) * 10 + 0.75,
        y: FLAG + HEIGHT - height,
        width: 8.5,
        height,
        class: minute <= m ? 'hist-reached' : 'hist-missing',
      });
    });
  }

  function flag(minute) {
    if (minute === null || minute > LAST) return null;
    const x = minute * 10;
    return [
      LC.svg('path', { d: 'M' + x + ' ' + FLAG + 'V' + (FLAG + HEIGHT), class: 'hist-flag' }),
      LC.svg('rect', { x, y: 0, width: 30, height: FLAG, class: 'hist-flag-box' }),
      LC.svg('text', { x: x + 15, y: 12, class: 'hist-flag-text' }, LC.t('hist_standard')),
    ];
  }

  function slider(app) {
    return LC.h('input', {
      type: 'range',
      min: 1,
      max: LAST,
      step: 1,
      value: Math.min(LAST, app.minutes),
      class: 'hist-slider',
      'data-key': 'hist-slider',
      'aria-label': LC.t('minutes_label'),
      on: { input: (event) => LC.act({ m: Number(event.currentTarget.value) }) },
    });
  }

  function axis() {
    return LC.h(
      'div',
      { class: 'hist-axis note', 'aria-hidden': 'true' },
      [5, 10, 15, 20, 30].map(
        (tick) => LC.h('span', { style: { left: (100 * tick) / LAST + '%' } }, String(tick))
      )
    );
  }

  function picture(app, counts) {
    const highest = Math.max(1, ...counts);
    return LC.svg(
      'svg',
      {
        viewBox: '0 0 300 ' + (FLAG + HEIGHT + 1),
        class: 'hist',
        role: 'img',
        'aria-label': LC.t('hist_title'),
      },
      LC.svg('path', { d: 'M0 ' + (FLAG + HEIGHT + 0.5) + 'H300', class: 'hist-base' }),
      bars(counts, app.minutes, highest),
      flag(LC.standardMinute(app.view))
    );
  }

  LC.views.push({
    id: 'histogram',
    needs: ['view', 'minutes'],
    draw(container, app) {
      const { view, minutes } = app;
      const now = LC.sums(view, minutes);
      const words = LC.wordsOf(app);
      const text = now.covered === null
        ? LC.t('kpi_unknown')
        : LC.t('hist_note', {
            ...words,
            inside: LC.amountText(now.covered, view.basis),
            beyond: LC.amountText(now.gap, view.basis),
          });
      const counts = Array.from({ length: LAST + 1 }, (_, k) =>
        k && view.numerators && view.numerators[k] !== null
          ? view.numerators[k] - (k > 1 ? view.numerators[k - 1] : 0)
          : 0
      );
      const kept = container.querySelector('.hist-slider');
      const isHeld = kept && kept.matches(':active');
      const parts = [LC.h('h3', null, LC.t('hist_title')), LC.h('div', { class: 'note' }, text)];
      if (isHeld) {
        // The thumb is under the finger: a new element would let go of it.
        container.querySelector('.hist-text').textContent = text;
        container.querySelector('.hist').replaceWith(picture(app, counts));
        return;
      }
      parts[1].classList.add('hist-text');
      LC.replace(container, parts, picture(app, counts), slider(app), axis());
    },
  });
})();
