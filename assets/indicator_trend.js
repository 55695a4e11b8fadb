/**
 * An indicator over its periods as a small graph: values, the target of each year as the dark mark
 * that targets have everywhere, gaps where nothing is known, a break where the formula changed.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const WIDTH = 360;
  const HEIGHT = 128;
  const PAD = { left: 10, right: 56, top: 16, bottom: 22 };
  const MOST = 24;

  /** Give the value axis: what is shown and the targets, with some air. */
  function axisOf(rows) {
    const shown = rows.flatMap((row) => [row.value, row.target]).filter((value) => value !== null);
    const low = Math.min(...shown);
    const high = Math.max(...shown);
    const air = (high - low || Math.abs(high) || 1) * 0.15;
    const height = HEIGHT - PAD.top - PAD.bottom;
    return (value) =>
      PAD.top + height * (1 - (value - low + air) / (high - low + 2 * air));
  }

  const across = (rows, k) => {
    const width = WIDTH - PAD.left - PAD.right;
    return PAD.left + (rows.length > 1 ? (width * k) / (rows.length - 1) : width / 2);
  };

  /** Split periods into runs that a line may join: by one formula and without a gap. */
  function runsOf(rows) {
    const runs = [];
    rows.forEach((row, k) => {
      const before = rows[k - 1];
      const isNew = !before || before.value === null || before.formula !== row.formula;
      if (row.value === null) return;
      if (isNew) runs.push([]);
      runs[runs.length - 1].push(k);
    });
    return runs;
  }

  function lines(rows, up) {
    return runsOf(rows).map((run) =>
      LC.svg('polyline', {
        class: 'trend-line',
        points: run.map((k) => across(rows, k) + ',' + up(rows[k].value)).join(' '),
      }));
  }

  function targets(rows, up) {
    const width = WIDTH - PAD.left - PAD.right;
    const half = rows.length > 1 ? width / (rows.length - 1) / 2 : width / 2;
    const within = (x) => Math.max(PAD.left - 6, Math.min(PAD.left + width + 6, x));
    return rows.map((row, k) =>
      row.target === null || row.target === undefined
        ? null
        : LC.svg('line', {
          class: 'trend-target',
          x1: within(across(rows, k) - half),
          x2: within(across(rows, k) + half),
          y1: up(row.target),
          y2: up(row.target),
        }));
  }

  function text(x, y, anchor, said, kind) {
    return LC.svg('text', { x, y, 'text-anchor': anchor, class: kind }, said);
  }

  function picture(one, rows) {
    const up = axisOf(rows);
    const last = rows.length - 1;
    const known = rows.map((row, k) => k).filter((k) => rows[k].value !== null);
    const end = known[known.length - 1];
    const said = LC.t('std_trend_label', {
      name: LC.nameOf(one),
      first: LC.periodText(rows[0].period),
      last: LC.periodText(rows[last].period),
      values: LC.list(rows.map((row) => LC.indicatorText(one, row.value))),
    });
    return LC.svg(
      'svg',
      { class: 'trend-small', viewBox: '0 0 ' + WIDTH + ' ' + HEIGHT, role: 'img',
        'aria-label': said },
      targets(rows, up),
      lines(rows, up),
      known.map((k) =>
        LC.svg('circle', {
          class: k === end ? 'trend-dot is-last' : 'trend-dot',
          cx: across(rows, k),
          cy: up(rows[k].value),
          r: k === end ? 4.5 : 3.5,
        })),
      text(across(rows, end) + 9, up(rows[end].value) + 5, 'start',
        LC.indicatorText(one, rows[end].value), 'trend-value'),
      text(PAD.left, HEIGHT - 5, 'start', LC.periodText(rows[0].period), 'trend-axis'),
      text(across(rows, last), HEIGHT - 5, 'middle', LC.periodText(rows[last].period), 'trend-axis')
    );
  }

  /** Give the graph of an indicator in the area, or why there is none. */
  LC.indicatorTrend = (one, card) => {
    // What is dated after the month of the data is a fault of the ledger, not the latest value.
    const rows = card.periods
      .filter((row) => row.period && row.period <= card.period)
      .slice(-MOST);
    const known = rows.filter((row) => row.value !== null);
    const isBroken = new Set(known.map((row) => row.formula)).size > 1;
    return [
      LC.h('h3', null, LC.t('std_trend')),
      known.length > 1
        ? picture(one, rows)
        : LC.h('p', { class: 'note' }, LC.t('std_trend_one')),
      isBroken ? LC.h('p', { class: 'note' }, LC.t('std_trend_break')) : null,
    ];
  };
})();
