/**
 * Indicators of ledgers: which one colours the map, its legend, its card of an area, and the list
 * of all in the card of a grid.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const MOST = 8;
  const MOST_PERIODS = 12;
  const CLASS_OF = { 0: 0, 50: 1, 150: 2, 220: 3, 254: 4, 255: 6 };
  const FACETS = ['居民管理', '社区安全', '社区环境', '文档管理', '地名公共服务', '民生服务', '党建网格'];

  /** The facets of indicators, in the order in which pages list them. */
  LC.FACETS = FACETS;

  const listed = (app) => (app.view && app.view.indicators) || [];

  /** Give the indicator that colours the map, or null. */
  LC.indicatorOf = (app) => {
    if (app.state.p === 'standards') return LC.standardOnMap(app);
    if (app.state.p === 'gaps' || app.state.k !== 'ind') return null;
    return listed(app).find((one) => one.id === app.state.i) || null;
  };

  /** Write a value of an indicator: a share in percent, a count whole, anything else short. */
  LC.indicatorText = (one, value) => {
    if (value === null || value === undefined) return LC.NONE;
    if (one.is_share && one.unit === '%') return (value * 100).toFixed(1) + '%';
    const text = LC.short(value);
    return one.unit && one.unit !== '%' ? text + ' ' + one.unit : text;
  };

  /** Write the value of a row; a small count is withheld and says so. */
  const valueOf = (one, row) => row.is_withheld
    ? LC.t('ind_under', { floor: one.floor })
    : LC.indicatorText(one, row.value);

  const verdict = (row) => (row.verdict ? LC.t('verdict_' + row.verdict) : '');

  const periodText = (period) => (period ? LC.month(period) : LC.t('ind_no_period'));

  /** Give the radio buttons of the indicators, under their facets. */
  LC.indicatorChoices = (app, choice) => {
    const all = listed(app);
    if (!all.length) return null;
    const now = LC.indicatorOf(app);
    const pick = (id) => LC.act({ k: 'ind', i: id });
    const facets = [...FACETS, null].map((facet) => [
      facet,
      all.filter((one) => (FACETS.includes(one.facet) ? one.facet : null) === facet),
    ]);
    return facets
      .filter(([, own]) => own.length)
      .map(([facet, own]) => [
        LC.h('h3', null, facet ? LC.t('facet_' + FACETS.indexOf(facet)) : LC.t('ind_other')),
        own.map((one) => choice('map-colour', one.id, LC.nameOf(one), one === now, pick)),
      ]);
  };

  function rangeText(one, own) {
    const low = LC.indicatorText(one, own.low);
    const high = LC.indicatorText(one, own.high);
    return low === high ? low : low + '–' + high;
  }

  const swatch = (group) =>
    LC.h('i', { class: 'swatch swatch-' + LC.CLASSES[group], 'aria-hidden': 'true' });

  function legendRow(app, layer, one, own) {
    const group = CLASS_OF[own.code];
    // Three classes fall short of a target, two meet it.
    const isShort = group < 3;
    const side = layer.target === null ? 'ind_rank' : isShort ? 'ind_short' : 'ind_met';
    return LC.h(
      'button',
      {
        type: 'button',
        class: 'legend-row legend-row-ind',
        'data-key': 'class-' + group,
        'aria-pressed': String(app.ui.filter === group),
        on: { click: () => LC.filter(group) },
      },
      swatch(group),
      LC.h('span', { class: 'legend-name' }, LC.t(side)),
      LC.h('span', { class: 'legend-range' }, rangeText(one, own)),
      LC.h('span', { class: 'legend-number' }, LC.integer(own.n))
    );
  }

  /** Give the nodes of the legend for an indicator; `later` is called once its values are here. */
  LC.indicatorLegend = (app, one, later) => {
    const entry = LC.indicatorLayer(app, one, LC.drawnUnit());
    if (!entry.value) {
      if (!entry.isFailed) entry.promise.then(later);
      return [LC.h('div', { class: 'legend-title' }, LC.nameOf(one))];
    }
    const layer = entry.value;
    const missing = layer.missing
      ? LC.h(
        'div',
        { class: 'legend-row legend-row-ind' },
        swatch(6),
        LC.h('span', { class: 'legend-name' }, LC.t('ind_missing')),
        LC.h('span', { class: 'legend-range' }),
        LC.h('span', { class: 'legend-number' }, LC.integer(layer.missing))
      )
      : null;
    const over = layer.over
      ? LC.h(
        'div',
        { class: 'legend-row legend-row-ind' },
        swatch(6),
        LC.h('span', { class: 'legend-name' }, LC.t('ind_over')),
        LC.h('span', { class: 'legend-range' }),
        LC.h('span', { class: 'legend-number' }, LC.integer(layer.over))
      )
      : null;
    const hidden = layer.withheld
      ? LC.h(
        'div',
        { class: 'legend-row legend-row-ind' },
        swatch(5),
        LC.h('span', { class: 'legend-name' }, LC.t('ind_withheld', { floor: one.floor })),
        LC.h('span', { class: 'legend-range' }),
        LC.h('span', { class: 'legend-number' }, LC.integer(layer.withheld))
      )
      : null;
    const target = layer.target === null
      ? LC.t('ind_no_target')
      : LC.t('ind_target', { target: LC.indicatorText(one, layer.target) });
    return [
      LC.h('div', { class: 'legend-title' }, LC.nameOf(one)),
      LC.h(
        'div',
        { class: 'note' },
        LC.t('ind_sub', {
          period: periodText(layer.period),
          unit: LC.t('one_' + LC.drawnUnit()),
          target,
        })
      ),
      LC.h(
        'div',
        { class: 'legend-rows' },
        layer.classes.map((own) => legendRow(app, layer, one, own)),
        missing,
        over,
        hidden
      ),
    ];
  };

  /** Give the values of the areas below the one in view, as text by code; empty until they come. */
  LC.indicatorByCode = (app, one, later) => {
    if (one.rule) return new Map();
    const entry = LC.indicatorArea(app, one);
    if (!entry.value && !entry.isFailed) entry.promise.then(later);
    const rows = entry.value ? entry.value.children : [];
    return new Map(rows.map((row) => [row.unit_id, valueOf(one, row)]));
  };

  /** Say out of what a share was made; nothing for what is no share. */
  function partsText(one, row) {
    if (!one.is_share || row.denominator === null || row.denominator === undefined) return '';
    return LC.t('ind_parts', { part: LC.short(row.numerator), whole: LC.short(row.denominator) });
  }

  /** Give the sentence of an indicator, with `**` around what is bold. */
  LC.indicatorSentence = (app, one, later) => {
    const entry = LC.indicatorArea(app, one);
    if (!entry.value) {
      if (!entry.isFailed) entry.promise.then(later);
      return app.view.area.name + ' ' + LC.nameOf(one);
    }
    const { period, periods, children } = entry.value;
    const own = periods.find((row) => row.period === period);
    const words = { area: app.view.area.name, name: LC.nameOf(one), period: periodText(period) };
    if (!own || own.value === null) return LC.t('ind_sentence_none', words);
    const [worst] = worstFirst(one, children.slice());
    const said = {
      ...words,
      value: LC.indicatorText(one, own.value),
      parts: partsText(one, own),
      target: LC.indicatorText(one, own.target),
      verdict: verdict(own),
      worst: worst ? worst.unit_name : '',
      worst_value: worst ? LC.indicatorText(one, worst.value) : '',
    };
    const first = LC.t(own.target === null ? 'ind_sentence' : 'ind_sentence_target', said);
    return worst ? first + LC.t('ind_sentence_worst', said) : first;
  };

  function childRow(one, row) {
    return LC.h(
      'div',
      { class: 'area-row' },
      LC.h('span', { class: 'cat-name' }, row.unit_name),
      LC.h('span', { class: 'note' }, verdict(row)),
      LC.h('b', null, valueOf(one, row))
    );
  }

  /** The cell of a value: bold, and out of what it was made where it is a share. */
  function valueCell(one, row) {
    return LC.h(
      'td',
      null,
      LC.h('b', null, valueOf(one, row)),
      LC.h('span', { class: 'note' }, partsText(one, row))
    );
  }

  function periodRow(one, row) {
    return LC.h(
      'tr',
      null,
      LC.h('th', { scope: 'row' }, periodText(row.period)),
      valueCell(one, row),
      LC.h('td', null, LC.indicatorText(one, row.target)),
      LC.h('td', null, verdict(row))
    );
  }

  function worstFirst(one, rows) {
    const sign = one.better === 'high' ? 1 : -1;
    const known = rows.filter((row) => row.value !== null);
    return known.sort((a, b) => sign * (a.value - b.value));
  }

  /** Give the nodes of the card of the area for an indicator. */
  LC.indicatorCard = (app, one, later) => {
    const entry = LC.indicatorArea(app, one);
    const head = [
      app.view.area.path.length > 1 ? LC.crumbs(app.view.area.path, app.view.area.code) : null,
      LC.h('h2', { class: 'detail-name' }, app.view.area.name),
      LC.h('div', { class: 'note' }, LC.nameOf(one)),
    ];
    if (!entry.value) {
      if (!entry.isFailed) entry.promise.then(later);
      return head;
    }
    const card = entry.value;
    const periods = card.periods.slice(-MOST_PERIODS).reverse();
    const rows = worstFirst(one, card.children);
    const heads = ['ind_period', 'ind_value', 'ind_target_head', 'ind_verdict'];
    return [
      head,
      periods.length
        ? LC.h(
          'table',
          { class: 'table' },
          LC.h(
            'thead',
            null,
            LC.h('tr', null, heads.map((key) => LC.h('th', { scope: 'col' }, LC.t(key))))
          ),
          LC.h('tbody', null, periods.map((row) => periodRow(one, row)))
        )
        : LC.h('p', { class: 'note' }, LC.t('ind_none_here')),
      rows.length
        ? LC.h('h3', null, LC.t('ind_worst', { unit: LC.t('one_' + card.level) }))
        : null,
      rows.slice(0, MOST).map((row) => childRow(one, row)),
    ];
  };

  function placeRow(one) {
    return LC.h(
      'tr',
      null,
      LC.h('th', { scope: 'row' }, LC.nameOf(one)),
      valueCell(one, one),
      LC.h('td', null, verdict(one)),
      LC.h('td', null, LC.t('ind_level_' + one.unit_kind) + LC.t('title_gap') + periodText(one.period))
    );
  }

  /** Give every indicator of the chosen grid and what holds it, or null. */
  LC.placeIndicators = (app) => {
    const all = (app.place && app.place.indicators) || [];
    if (!all.length) return null;
    const order = (one) => {
      const at = FACETS.indexOf(one.facet);
      return at < 0 ? FACETS.length : at;
    };
    return LC.h(
      'section',
      null,
      LC.h('h3', null, LC.t('ind_place')),
      LC.h(
        'table',
        { class: 'table' },
        LC.h('tbody', null, all.slice().sort((a, b) => order(a) - order(b)).map(placeRow))
      )
    );
  };
})();
