/**
 * Parts of the area from the lowest share up: a dot, a bar to the target, last month hollow, share
 * and gap.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const WIDTH = 1000; // drawn in thousandths of the axis and stretched by CSS percentages

  /**
   * Give the axis as thousandths: from the ten below the smallest value, at most 50 %, up to all.
   */
  function axisOf(rows, target) {
    const values = rows
      .flatMap((row) => [row.sums.permille, row.before.permille])
      .filter((value) => value !== null);
    const low = Math.floor((Math.min(...values, target) - 20) / 100) * 100;
    const from = Math.max(0, Math.min(800, low));
    const step = WIDTH - from > 500 ? 200 : WIDTH - from > 300 ? 100 : 50;
    const ticks = [];
    const first = Math.ceil((from + 1) / step) * step;
    for (let value = first; value <= 1000; value += step) ticks.push(value);
    return { from, ticks, at: (value) => (100 * (value - from)) / (1000 - from) };
  }

  const line = (className, from, to) =>
    LC.h(
      'i',
      {
        class: className,
        style: { left: Math.min(from, to) + '%', width: Math.abs(to - from) + '%' },
      }
    );
  const mark = (className, at) => LC.h('i', { class: className, style: { left: at + '%' } });

  function plot(row, axis, target, isMet) {
    const value = axis.at(row.sums.permille);
    const before = row.before.permille === null ? null : axis.at(row.before.permille);
    return LC.h(
      'span',
      { class: 'rank-plot', 'aria-hidden': 'true' },
      axis.ticks.map((tick) => mark('rank-grid', axis.at(tick))),
      before === null ? null : line('rank-move', before, value),
      line(isMet ? 'rank-bar is-met' : 'rank-bar', value, axis.at(target)),
      mark('rank-target', axis.at(target)),
      before === null ? null : mark('rank-before', before),
      mark(isMet ? 'rank-dot is-met' : 'rank-dot', value)
    );
  }

  function rowOf(app, row, axis, target) {
    const isMet = LC.isOnTarget(row.sums, app.view.target);
    return LC.h(
      'button',
      {
        type: 'button',
        class: 'rank-row',
        'data-key': 'rank-' + row.child.code,
        title: LC.t('rank_enter', { name: row.child.name }),
        on: { click: () => LC.enter(row.child) },
      },
      LC.h('span', { class: 'rank-name' }, row.child.name),
      plot(row, axis, target, isMet),
      LC.h('b', { class: 'rank-share' }, LC.share(row.sums.covered, row.sums.whole)),
      LC.h('span', { class: 'rank-gap' }, LC.amountCell(row.sums.gap, app.view.basis))
    );
  }

  function axisRow(axis) {
    const label = (tick) => (tick / 10).toFixed(0) + (tick === 1000 ? '%' : '');
    return LC.h(
      'div',
      { class: 'rank-row rank-axis', 'aria-hidden': 'true' },
      LC.h('span'),
      LC.h(
        'span',
        { class: 'rank-plot' },
        axis.ticks.map(
          (t) => LC.h('span', { class: 'rank-tick', style: { left: axis.at(t) + '%' } }, label(t))
        )
      ),
      LC.h('span'),
      LC.h('span')
    );
  }

  function head(words, hasBefore) {
    return LC.h(
      'header',
      { class: 'card-head' },
      LC.h('h2', null, LC.t('rank_title', words)),
      LC.h(
        'span',
        { class: 'note head-right rank-key' },
        hasBefore ? LC.h('span', null, '○ ' + LC.t('rank_before')) : null,
        LC.h('span', { class: 'key-target' }, LC.t('rank_target', words)),
        LC.h('span', { class: 'rank-gap-head' }, words.shortGap)
      )
    );
  }

  LC.views.push({
    id: 'ranking',
    needs: ['view', 'minutes'],
    draw(container, app) {
      const words = LC.wordsOf(app);
      const rows = LC.ranked(app.view, app.minutes);
      if (!rows.length) {
        const text = LC.t((app.view.children || []).length ? 'rank_unknown' : 'rank_none', words);
        LC.replace(container, head(words, false), LC.h('p', { class: 'empty' }, text));
        return;
      }
      const target = Math.round(app.view.target * 1000);
      const axis = axisOf(rows, target);
      const body = container.querySelector('.rank-rows');
      const top = body ? body.scrollTop : 0;
      const hasBefore = rows.some((row) => row.before.permille !== null);
      const list = LC.h(
        'div',
        { class: 'rank-rows' },
        rows.map((row) => rowOf(app, row, axis, target))
      );
      LC.replace(container, head(words, hasBefore), list, axisRow(axis));
      list.scrollTop = top;
    },
  });
})();
