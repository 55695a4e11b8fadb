/**
 * Beside the matrix: how all binding demands are met, how the chosen one lies over the places, what
 * the area itself is asked for, what closing the gap would cost, whom to merge, who carries how
 * much.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.rules = LC.rules || {};
  const MOST = 8;

  function wholeText(app, found) {
    return found.whole.filter((one) => one.rules).map((one) =>
      LC.h('p', null, LC.t('rules_whole', {
        pack: LC.nameOf(LC.rules.pack(found, one.pack)),
        unit: LC.rules.places(found.level),
        rules: LC.integer(one.rules),
        met: LC.integer(one.met),
        missed: LC.integer(one.missed),
        open: LC.integer(one.open),
        all: LC.integer(found.all),
      })));
  }

  /** Give what closing gaps would cost, by each source of a price, with the year of its prices. */
  LC.rules.costs = (costs, unit) => costs.length
    ? [
      LC.h('h3', null, LC.t('rules_costs')),
      LC.h('ul', { class: 'rules-list' }, costs.map((one) =>
        LC.h('li', null, LC.t('rules_cost', {
          source: LC.nameOf(one),
          unit_cost: LC.integer(one.yuan_per_m2),
          year: one.year === null
            ? LC.t('rules_cost_no_year')
            : LC.t('rules_cost_year', { year: one.year }),
          n: LC.integer(one.places),
          gap: LC.rules.number(one.gap_m2, unit),
          yuan: LC.rules.money(one.yuan),
        })))),
    ]
    : null;

  function targetRow(one) {
    const state = LC.rules.stateOf(one);
    const share = LC.rules.share(one);
    return LC.h(
      'li',
      { class: 'rules-target' },
      LC.h('b', null, one.rule),
      LC.h('span', null, LC.nameOf(one)),
      LC.h('span', { class: 'rules-state is-' + state }, LC.t('rules_is_' + state)),
      LC.h('span', { class: 'note' }, [
        LC.rules.number(one.value, one.unit),
        one.threshold === null
          ? null
          : LC.t('rules_strip_line', { n: LC.rules.number(one.threshold, one.unit) }),
        share,
      ].filter(Boolean).join(' · '))
    );
  }

  function targets(app, rest) {
    if (!rest.targets.length) return null;
    return [
      LC.h('h3', null, LC.t('rules_targets', { area: app.view.area.name })),
      LC.h('ul', { class: 'rules-list' }, rest.targets.map(targetRow)),
    ];
  }

  function mergeRows(one) {
    return one.options.map((option) =>
      LC.h('li', null, LC.t('rules_merge', {
        name: one.name,
        households: LC.integer(one.households),
        partner: option.name,
        together: LC.integer(option.households),
        apart: LC.integer(option.apart),
      })));
  }

  function merges(rest) {
    if (!rest.merges.length) return null;
    const rows = rest.merges.flatMap(mergeRows);
    return LC.h(
      'details',
      { class: 'rules-more', open: rows.length <= MOST },
      LC.h('summary', null, LC.t('rules_merges'), ' ', LC.h('b', null, String(rest.merges.length))),
      LC.h('ul', { class: 'rules-list' }, rows)
    );
  }

  function load(rest) {
    if (!rest.load) return null;
    const { grids, workers_short: workers, communities_short: communities } = rest.load;
    const counted = Object.fromEntries(
      Object.keys(grids).map((key) => [key, LC.integer(grids[key])])
    );
    return [
      LC.h('h3', null, LC.t('rules_load')),
      LC.h('p', null, LC.t('rules_load_text', counted)),
      workers === null
        ? null
        : LC.h('p', null, LC.t('rules_load_short', {
          n: LC.integer(communities), workers: LC.integer(workers),
        })),
    ];
  }

  function files(app, found) {
    return LC.h(
      'p',
      { class: 'rules-files' },
      LC.t('rules_all') + ' ',
      ['csv', 'xlsx'].map((format) =>
        LC.h(
          'a',
          {
            class: 'work-button',
            download: '',
            'data-key': 'verdicts-' + format,
            href: LC.address('/download/verdicts.' + format + '?') + new URLSearchParams({
              p: found.chosen.join(','),
              a: found.area,
              d: app.view.month,
              lang: app.state.lang || 'zh',
            }),
          },
          LC.t('std_download') + ' ' + format.toUpperCase()
        ))
    );
  }

  function demands(found, one) {
    return one.rules.map((rule) => [
      one.rules.length > 1
        ? LC.h('h4', null, LC.h('b', null, rule.rule), ' ', LC.nameOf(rule))
        : null,
      LC.rules.terms(LC.rules.source(LC.rules.pack(found, rule.pack), rule)),
    ]);
  }

  function summary(app, found, one) {
    const layer = LC.rules.layer(app, found, one);
    const rest = LC.rules.remedies(app, found, one);
    return [
      LC.h('h3', { class: 'rules-first' }, LC.rules.ids(one) + ' ' + LC.rules.title(one)),
      layer.value ? LC.rules.strip(found, layer.value) : null,
      rest.value ? LC.rules.costs(rest.value.costs, one.unit) : null,
      wholeText(app, found),
      files(app, found),
      rest.value ? [targets(app, rest.value), merges(rest.value), load(rest.value)] : null,
      LC.h('h3', null, LC.t('std_about_title')),
      demands(found, one),
    ];
  }

  /** Give the nodes beside the matrix: the open cell, else the chosen demand. */
  LC.rules.detail = (app) => {
    const found = LC.rules.found(app);
    const one = found && LC.rules.by(found);
    if (!one) return null;
    const id = LC.rules.openAt(app, found);
    return id ? LC.rules.calculation(app, found, one, id) : summary(app, found, one);
  };
})();
