/**
 * The page of standards: which indicators are listed, by which unit, and what is said about the
 * one that colours the map.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const OTHER = 'x';
  const MOST = 8;
  const MOST_COLUMNS = 24;
  const EXAMPLE = [
    '[[ledgers]]',
    'path = "路灯检查.csv"',
    'key = "网格编码"',
    '[[indicators]]',
    'id = "lamps_lit"',
    'from = "路灯检查"',
    'title = { zh = "路灯完好率", en = "Lamps that work" }',
    'formula = "sum( 完好盏数 ) / sum( 检查盏数 )"',
  ];

  const facetOf = (one) => {
    const at = LC.FACETS.indexOf(one.facet);
    return at < 0 ? OTHER : String(at);
  };
  const facetName = (key) => LC.t(key === OTHER ? 'ind_other' : 'facet_' + key);

  /** Say the period of a value. */
  LC.periodText = (period) => (period ? LC.month(period) : LC.t('ind_no_period'));

  /**
   * Give what the page shows: `{one, shown, facet, all, unit}`. All indicators stand side by side
   * where they are few; else those of the facet, which that of the chosen indicator decides.
   */
  LC.standards = (app) => {
    const all = app.view.indicators || [];
    const chosen = all.find((each) => each.id === app.state.i) || null;
    const isWhole = !app.state.g && all.length <= MOST;
    const facet = isWhole ? null : app.state.g || facetOf(chosen || all[0] || {});
    const own = facet === null ? all : all.filter((each) => facetOf(each) === facet);
    const one = own.includes(chosen) ? chosen : own[0] || null;
    const most = own.slice(0, MOST_COLUMNS);
    const shown = one && !most.includes(one) ? [one, ...most.slice(1)] : most;
    return { one, shown, facet, all, unit: one ? unitOf(app, one) : 'grid' };
  };

  /** Give the unit of the table: that of the address, else the finest with a value. */
  function unitOf(app, one) {
    const offered = unitsOf(app, one);
    if (offered.includes(app.state.u)) return app.state.u;
    if (offered.includes(one.unit_kind)) return one.unit_kind;
    return offered.find((unit) => one.levels.includes(unit)) || offered[0];
  }

  const unitsOf = (app, one) => [...LC.levelsOf(app.view), ...LC.kindsFor(app.view, one)];

  function facetChips(app) {
    const { all, facet } = LC.standards(app);
    const pick = (key) => {
      const first = all.find((one) => key === null || facetOf(one) === key);
      LC.act({ g: key, i: first ? first.id : null, f: null, o: null });
    };
    const present = [...LC.FACETS.map((_, k) => String(k)), OTHER].filter((key) =>
      all.some((one) => facetOf(one) === key));
    return LC.h(
      'div',
      { class: 'work-chips', role: 'group', 'aria-label': LC.t('std_facets') },
      all.length <= MOST
        ? LC.workChip('g-all', LC.t('std_facet_all'), all.length, facet === null, () => pick(null))
        : null,
      present.map((key) =>
        LC.workChip(
          'g-' + key,
          facetName(key),
          all.filter((one) => facetOf(one) === key).length,
          facet === key,
          () => pick(key)
        ))
    );
  }

  function unitBox(app) {
    const { one, unit } = LC.standards(app);
    return LC.h(
      'label',
      { class: 'work-size' },
      LC.t('std_unit'),
      LC.h(
        'select',
        {
          class: 'select',
          'data-key': 'work-unit',
          'aria-label': LC.t('unit_label'),
          on: { change: (event) => LC.act({ u: event.currentTarget.value }) },
        },
        unitsOf(app, one).map((key) =>
          LC.h('option', { value: key, selected: key === unit }, LC.t('one_' + key)))
      )
    );
  }

  /** Where there is room for one column only, it is chosen here. */
  function oneBox(app) {
    const { one, shown } = LC.standards(app);
    return LC.h(
      'label',
      { class: 'work-size work-one' },
      LC.t('std_one'),
      LC.h(
        'select',
        {
          class: 'select',
          'data-key': 'work-one',
          on: { change: (event) => LC.act({ i: event.currentTarget.value, o: null, f: null }) },
        },
        shown.map((each) =>
          LC.h('option', { value: each.id, selected: each === one }, LC.nameOf(each)))
      )
    );
  }

  function emptyState(container) {
    LC.replace(
      container,
      LC.h(
        'div',
        { class: 'work-empty' },
        LC.h('h2', null, LC.t('std_empty_title')),
        LC.h('p', null, LC.t('std_empty_text')),
        LC.h('pre', { tabindex: 0 }, EXAMPLE.join('\n')),
        LC.h('p', { class: 'note' }, LC.t('std_empty_more'))
      )
    );
  }

  /** Give the small button that says how an indicator is counted, and on whose authority. */
  LC.indicatorInfo = (one) => {
    const terms = LC.indicatorTerms(one);
    return LC.info('std_about', {
      name: LC.nameOf(one),
      ...Object.fromEntries(terms.map(([key, text]) => [key, text])),
    }, one.id);
  };

  function targetsText(one) {
    const years = Object.keys(one.targets || {});
    if (!years.length) return LC.t('std_no_target');
    return LC.list(
      years.map((year) =>
        LC.t(year === '0' ? 'std_target' : 'std_year_target',
          { year, target: LC.indicatorText(one, one.targets[year]) }))
    );
  }

  /** Give what there is to say about an indicator, as [key, text]. */
  LC.indicatorTerms = (one) => [
    ['formula', one.formula],
    ['better', LC.t('std_better_' + one.better)],
    ['targets', targetsText(one)],
    ['period', LC.periodText(one.period)],
    ['role', one.owner_role || LC.t('std_unsaid')],
    ['source', one.source || LC.t('std_unsaid')],
    ['ledger', LC.t('std_said_ledger', { ledger: one.ledger, path: one.path })],
    ['floor', one.floor ? LC.t('std_floor', { floor: one.floor }) : LC.t('std_no_floor')],
  ];

  function mapHead(app) {
    const { one } = LC.standards(app);
    if (!one) return [LC.h('h2', null, LC.t('map_title'))];
    const entry = LC.indicatorArea(app, one);
    if (!entry.value && !entry.isFailed) entry.promise.then(() => LC.redraw('map-head'));
    const period = entry.value ? LC.periodText(entry.value.period) : '';
    const unit = LC.t('one_' + LC.drawnUnit());
    return [
      LC.h('h2', null, LC.nameOf(one)),
      LC.h('span', { class: 'note' }, LC.t('std_map_note', { period, unit })),
    ];
  }

  const isOnRules = (app) => LC.tabOf(app) === 'rules';

  /** Give what colours the map of the page: an indicator, or a rule as if it were one. */
  LC.standardOnMap = (app) => (isOnRules(app) ? LC.rules.onMap(app) : LC.standards(app).one);

  LC.work = LC.work || {};
  LC.work.standards = {
    label: 'std_tabs',
    tabs: [['ind', 'std_tab_ind'], ['rules', 'rules_tab']],
    head(app) {
      if (isOnRules(app)) return LC.rules.head(app);
      const isEmpty = !LC.standards(app).all.length;
      return isEmpty ? null : [unitBox(app), facetChips(app), oneBox(app)];
    },
    sentence(app) {
      if (isOnRules(app)) return LC.rules.sentence(app);
      const { one } = LC.standards(app);
      if (!one) return LC.t('std_empty_title');
      return LC.indicatorSentence(app, one, () => LC.redraw('sentence'));
    },
    mapHead: (app) => (isOnRules(app) ? LC.rules.mapHead(app) : mapHead(app)),
    legend(app) {
      if (isOnRules(app)) return LC.rules.legend(app);
      const { one } = LC.standards(app);
      return one ? LC.indicatorLegend(app, one, () => LC.redraw('legend')) : null;
    },
    detail: (app) => (isOnRules(app) ? LC.rules.detail(app) : LC.indicatorBoards(app)),
    draw(container, app) {
      if (isOnRules(app)) LC.rules.draw(container, app);
      else if (LC.standards(app).one) LC.indicatorTable(container, app);
      else emptyState(container);
    },
  };
})();
