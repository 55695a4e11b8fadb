/**
 * What the tab of rules asks the server, and how its numbers are written. A pack, its rules and its
 * places come in one answer; the map, one cell and what follows from it in one each.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.rules = LC.rules || {};
  const VIEWS = ['work-head', 'sentence', 'map-head', 'legend', 'work', 'detail'];
  const ORDERS = ['gap', 'name'];
  const WAN = 1e4;

  /** States of a cell, those to act on first. */
  LC.rules.STATES = [
    'fail', 'borderline', 'pass', 'not_assessable', 'exempt', 'reference', 'none',
  ];
  LC.rules.SIZES = [25, 50, 100];
  LC.rules.paging = { key: '', at: 0, size: 50 };

  LC.rules.redraw = () => VIEWS.forEach((id) => LC.redraw(id));

  /** Give what the matrix asks the server, the page of rows apart. */
  LC.rules.question = (app) => {
    const { state, view } = app;
    const query = {};
    if (state.pk) query.p = state.pk;
    if (state.u) query.u = state.u;
    if (state.ru) query.by = state.ru;
    if (view.area.level !== 'city') query.a = view.area.code;
    if (LC.rules.STATES.includes(state.f)) query.f = state.f;
    if (state.q) query.q = state.q;
    if (ORDERS.includes(state.o)) query.o = state.o;
    return query;
  };

  const values = (app, name) => '/values/' + encodeURIComponent(app.view.release) + '/' + name;

  /** Ask once; what has not come yet is drawn everywhere once it has. */
  function asked(app, name, query) {
    const entry = LC.answerOf(values(app, name), query);
    if (!entry.value && !entry.isFailed && !entry.isAwaited) {
      entry.isAwaited = true;
      entry.promise.then(LC.rules.redraw);
    }
    return entry;
  }

  /** Give the entry of the page of the matrix that is shown. */
  LC.rules.entry = (app) => {
    const { paging } = LC.rules;
    const question = LC.rules.question(app);
    const key = JSON.stringify([app.view.release, question]);
    if (paging.key !== key) Object.assign(paging, { key, at: 0 });
    const page = { limit: paging.size, offset: paging.at * paging.size };
    return asked(app, 'standards', { ...question, ...page });
  };

  let last = null;
  /** Give the matrix: what was asked for, else the one before of the same release, else null. */
  LC.rules.found = (app) => {
    const entry = LC.rules.entry(app);
    if (entry.value) last = { release: app.view.release, found: entry.value };
    return last && last.release === app.view.release ? last.found : null;
  };

  const nameOfColumn = (one) => one.pack + ':' + one.key;

  /** Give the column that decides: it colours the map and has the plot. */
  LC.rules.by = (found) => found.columns.find((one) => nameOfColumn(one) === found.by) || null;

  const ofColumn = (found, one) => ({ p: one.pack, u: found.level, r: one.key });

  LC.rules.layer = (app, found, one) =>
    asked(app, 'verdicts', { ...ofColumn(found, one), a: found.area });
  LC.rules.remedies = (app, found, one) =>
    asked(app, 'remedies', { ...ofColumn(found, one), a: found.area });
  LC.rules.cell = (app, found, one, id) => asked(app, 'verdict', { ...ofColumn(found, one), s: id });

  /** Give the place whose cell is open: the one in the address, else the one chosen on the map. */
  LC.rules.openAt = (app, found) => {
    if (app.state.at) return app.state.at;
    if (!app.place) return null;
    if (found.level === 'grid') return app.place.grid_id;
    const own = (app.place.path || []).find((one) => one.level === found.level);
    return own ? own.code : null;
  };

  LC.rules.pack = (found, code) => found.packs.find((one) => one.pack === code);

  /** Name a column: tiers of one demand by what they measure, a single rule by its demand. */
  LC.rules.title = (one) => {
    const key = 'rules_of_' + one.formula;
    const text = LC.t(key);
    return one.rules.length > 1 && text !== key ? text : LC.nameOf(one.rules[0]);
  };

  LC.rules.ids = (one) =>
    one.rules.length > 1
      ? one.rules[0].rule + '–' + one.rules[one.rules.length - 1].rule
      : one.key;

  /** Give the word for places of a level, one or many. */
  LC.rules.places = (level) => {
    const own = 'rules_units_' + level;
    const text = LC.t(own);
    return text === own ? LC.t('unit_' + level) : text;
  };
  LC.rules.place = (level) => {
    const own = 'rules_level_' + level;
    const text = LC.t(own);
    return text === own ? LC.t('one_' + level) : text;
  };

  function unitWord(unit) {
    const key = 'rules_unit_' + unit;
    const text = LC.t(key);
    return text === key ? unit : text;
  }

  const short = (value) => Number.isInteger(value)
    ? LC.integer(value)
    : LC.integer(Math.trunc(value)) + '.' + Math.abs(value % 1).toFixed(2).slice(2).replace(/0$/, '');

  const plain = (value) => {
    const rounded = Number(value.toFixed(2));
    return rounded < 0 || Math.abs(rounded) < 1 && rounded % 1 ? String(rounded) : short(rounded);
  };

  /** Write a value in the unit of its rule; shares in percent. */
  LC.rules.number = (value, unit) => {
    if (value === null || value === undefined) return LC.NONE;
    if (unit === '%') return (value * 100).toFixed(1) + '%';
    const word = unitWord(unit || '');
    return word ? plain(value) + ' ' + word : plain(value);
  };

  /** Write a gap: differences of shares are percentage points. */
  LC.rules.gap = (value, unit) => {
    if (value === null || value === undefined) return '';
    return unit === '%' ? LC.t('points', { n: (value * 100).toFixed(1) }) : LC.rules.number(value, unit);
  };

  /** Write money short: in ten thousands, in English in thousands. */
  LC.rules.money = (yuan) => {
    if (yuan < WAN) return LC.t('rules_yuan', { n: LC.integer(yuan) });
    const n = LC.lang() === 'en' ? LC.integer(yuan / 1000) : plain(Number((yuan / WAN).toFixed(1)));
    return LC.t('rules_wan_yuan', { n });
  };

  /** Say the counts of a column with their denominator. */
  LC.rules.count = (one) => one.judged
    ? LC.t('rules_count', { pass: LC.integer(one.counts.pass), judged: LC.integer(one.judged) })
    : LC.t('rules_count_none');
})();
