/**
 * How evenly the area is served: minutes that most need, the best and the worst street, how the
 * capacity is spread, and how complete the circles of the grids are.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const COHORTS = ['people', 'elderly', 'children'];
  const PERCENTS = [50, 80, 90];
  const LEVELS = ['5', '10', '15'];
  const FEW = 2;

  const known = (value) => value !== null && value !== undefined;

  function minuteCell(one, percent) {
    const minute = one.minutes[percent];
    return known(minute) ? LC.integer(minute) : LC.t('fair_never');
  }

  function cohortRow(name, one) {
    return LC.h(
      'tr',
      null,
      LC.h('th', { scope: 'row' }, LC.t('fair_' + name)),
      PERCENTS.map((percent) =>
        LC.h(
          'td',
          { class: percent === 80 ? 'is-main' : '' },
          percent === 80 ? LC.h('b', null, minuteCell(one, percent)) : minuteCell(one, percent)
        )),
      LC.h('td', null, LC.share(one.numerator, one.denominator))
    );
  }

  function minutesTable(found) {
    const rows = COHORTS.filter((name) => found.cohorts[name]);
    return LC.h(
      'table',
      { class: 'table fair-table' },
      LC.h(
        'thead',
        null,
        LC.h(
          'tr',
          null,
          LC.h('th', { scope: 'col' }, LC.t('fair_minutes')),
          PERCENTS.map((n) => LC.h('th', { scope: 'col' }, LC.t('fair_percent', { n }))),
          LC.h('th', { scope: 'col' }, LC.t('fair_within', { m: found.minutes }))
        )
      ),
      LC.h('tbody', null, rows.map((name) => cohortRow(name, found.cohorts[name])))
    );
  }

  /** Say the main number in words: how long 80 % of the people need. */
  function said(app, found) {
    const one = found.cohorts.people;
    if (!one) return null;
    const minute = one.minutes[80];
    const key = known(minute) ? 'fair_said' : 'fair_said_never';
    return LC.h('p', null, LC.t(key, { ...LC.wordsOf(app), n: minute }));
  }

  /** Draw the span from the worst to the best street, with the target as everywhere. */
  function span(app, streets) {
    const { best, worst } = streets;
    if (!best) return null;
    const at = (one) => (100 * one.numerator) / one.denominator;
    const percent = (value) => value.toFixed(2) + '%';
    const text = (key, one) => LC.t(key, {
      name: one.name,
      share: LC.share(one.numerator, one.denominator),
    });
    return LC.h(
      'div',
      { class: 'fair-span' },
      LC.h(
        'div',
        { class: 'fair-axis', 'aria-hidden': 'true' },
        LC.h('i', {
          class: 'fair-range',
          style: { left: percent(at(worst)), width: percent(at(best) - at(worst)) },
        }),
        LC.h('i', { class: 'fair-end is-worst', style: { left: percent(at(worst)) } }),
        LC.h('i', { class: 'fair-end', style: { left: percent(at(best)) } }),
        LC.h('em', { style: { left: percent(100 * app.view.target) } })
      ),
      LC.h('span', null, text('fair_worst', worst)),
      LC.h('span', { class: 'head-right' }, text('fair_best', best))
    );
  }

  function spread(found) {
    const one = found.access && found.access.people;
    if (!one) return LC.h('p', { class: 'note' }, LC.t('fair_no_access'));
    return LC.h(
      'p',
      { class: 'note' },
      LC.t('fair_spread', {
        gini: known(one.gini) ? one.gini.toFixed(2) : LC.NONE,
        palma: known(one.palma) ? one.palma.toFixed(2) : LC.NONE,
      }),
      LC.info('fair_spread_about')
    );
  }

  /** Count grids of a level: with everything, short of one or two, short of more. */
  function groupsOf({ asked, met }) {
    const groups = [0, 0, 0];
    met.forEach((n) => groups[n === asked ? 0 : n >= asked - FEW ? 1 : 2]++);
    return groups;
  }

  function levelRow(level, one, grids) {
    const groups = groupsOf(one);
    const classes = ['is-whole', 'is-few', 'is-many'];
    return LC.h(
      'tr',
      null,
      LC.h('th', { scope: 'row' }, LC.t('fair_level', { level, n: one.asked })),
      LC.h(
        'td',
        { class: 'fair-stack', 'aria-hidden': 'true' },
        LC.h(
          'span',
          null,
          groups.map((n, k) =>
            LC.h('i', { class: classes[k], style: { width: (100 * n) / grids + '%' } }))
        )
      ),
      groups.map((n) => LC.h('td', null, LC.integer(n)))
    );
  }

  function levels(app, found) {
    const shown = LEVELS.filter((level) => found.levels[level].asked);
    if (!shown.length || !found.i.length) return null;
    const heads = ['fair_whole', 'fair_few', 'fair_many'];
    return [
      LC.h('h3', null, LC.t('fair_levels', { m: Number(app.state.m) || 15 })),
      LC.h(
        'table',
        { class: 'table fair-table' },
        LC.h(
          'thead',
          null,
          LC.h(
            'tr',
            null,
            LC.h('th', { scope: 'col' }, LC.t('fair_circle')),
            LC.h('td'),
            heads.map((key) => LC.h('th', { scope: 'col' }, LC.t(key)))
          )
        ),
        LC.h(
          'tbody',
          null,
          shown.map((level) => levelRow(level, found.levels[level], found.i.length))
        )
      ),
    ];
  }

  /** Give the card of the area in view; empty while it is on its way. */
  LC.gaps.fairness = (app) => {
    const fair = LC.gaps.ask(app, 'fairness', {}).value;
    const whole = LC.gaps.ask(app, 'completeness', {}).value;
    if (!fair || !app.view.category) return null;
    return LC.h(
      'section',
      { class: 'fair' },
      LC.h('h3', null, LC.t('fair_title', LC.wordsOf(app))),
      said(app, fair),
      minutesTable(fair),
      span(app, fair.streets),
      spread(fair),
      whole ? levels(app, whole) : null
    );
  };
})();
