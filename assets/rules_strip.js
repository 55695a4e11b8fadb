/**
 * How the places lie along one demand: a dot a place, heaped where they are close, the demand as
 * the dark line that targets have everywhere. The same in words for who does not see it.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.rules = LC.rules || {};
  const WIDTH = 360;
  const PAD = 14;
  const HIGHEST = 66;
  const TOP = 26;
  const RADIUS = 3.5;
  const BINS = Math.floor((WIDTH - 2 * PAD) / (2 * RADIUS));

  /** Give the places with a value, `{x, state}`, by value. */
  function pointsOf(layer) {
    return layer.strip.x
      .map((x, i) => ({ x, state: layer.states[i] }))
      .filter((one) => one.x !== null)
      .sort((a, b) => a.x - b.x);
  }

  function axisOf(points, line) {
    const all = points.map((one) => one.x).concat(line === null ? [] : [line]);
    const low = Math.min(...all);
    const high = Math.max(...all);
    const span = high - low || Math.abs(high) || 1;
    return (x) => PAD + ((WIDTH - 2 * PAD) * (x - low + span * 0.04)) / (span * 1.08);
  }

  /** Heap dots of one bin; where a heap would not fit its dots come closer. */
  function heaped(points, across) {
    const heaps = new Map();
    points.forEach((one) => {
      const bin = Math.round((across(one.x) / WIDTH) * BINS);
      if (!heaps.has(bin)) heaps.set(bin, []);
      heaps.get(bin).push(one);
    });
    const highest = Math.max(1, ...Array.from(heaps.values(), (heap) => heap.length));
    const step = Math.min(2 * RADIUS, HIGHEST / highest);
    const base = TOP + highest * step;
    const dots = Array.from(heaps.values()).flatMap((heap) =>
      heap.map((one, k) => ({ ...one, at: across(one.x), up: base - RADIUS - k * step })));
    return { base, dots };
  }

  const text = (x, y, anchor, said, kind) =>
    LC.svg('text', { x, y, 'text-anchor': anchor, class: kind }, said);

  /** Give the plot of a column with its words, or why there is none. */
  LC.rules.strip = (found, layer) => {
    const { strip } = layer;
    const points = pointsOf(layer);
    const unit = LC.rules.places(found.level);
    if (!points.length) return LC.h('p', { class: 'note' }, LC.t('rules_strip_none'));
    const say = (x) => LC.rules.number(x, strip.unit);
    const across = axisOf(points, strip.line);
    const low = points[0].x;
    const high = points[points.length - 1].x;
    const label = LC.t('rules_strip_label', {
      n: LC.integer(points.length),
      unit,
      low: say(low),
      high: say(high),
      middle: say(points[Math.floor((points.length - 1) / 2)].x),
      above: strip.line === null
        ? LC.NONE
        : LC.integer(points.filter((point) => point.x >= strip.line).length),
    });
    const { base, dots } = heaped(points, across);
    const height = base + 28;
    const at = strip.line === null ? 0 : across(strip.line);
    return [
      LC.h('h3', null, strip.is_per_100 ? LC.t('rules_strip_per') : LC.t('rules_strip')),
      LC.svg(
        'svg',
        {
          class: 'rules-strip', viewBox: '0 0 ' + WIDTH + ' ' + height, role: 'img',
          'aria-label': label,
        },
        LC.svg('line', { class: 'rules-axis', x1: PAD, x2: WIDTH - PAD, y1: base, y2: base }),
        dots.map((point) =>
          LC.svg('circle', {
            class: 'rules-dot is-' + point.state, cx: point.at, cy: point.up, r: RADIUS,
          })),
        strip.line === null
          ? null
          : [
            LC.svg('line', { class: 'trend-target', x1: at, x2: at, y1: 16, y2: base + 4 }),
            text(at, 12, at < 60 ? 'start' : at > WIDTH - 60 ? 'end' : 'middle',
              LC.t('rules_strip_line', { n: say(strip.line) }), 'trend-axis'),
          ],
        text(PAD, height - 8, 'start', say(low), 'trend-axis'),
        text(WIDTH - PAD, height - 8, 'end', say(high), 'trend-axis')
      ),
      LC.h('p', { class: 'note' }, LC.t('rules_strip_note', { unit })),
    ];
  };
})();
