/**
 * The two lists of underserved grids: what is asked of the server, which rows are shown and in what
 * order. Both lists come whole, so that filter, order and search answer in the browser.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const SIZES = [25, 50, 100];
  const paging = { key: '', at: 0, size: SIZES[1] };

  LC.gaps = { SIZES, paging, chosen: new Set() };

  /** Draw all that shows the lists: an answer has come, or the page of the list was turned. */
  LC.gaps.redraw = () => {
    ['work-head', 'work', 'sentence', 'map-head', 'legend', 'detail'].forEach((id) =>
      LC.redraw(id));
    if (LC.map) LC.map.refresh();
  };

  /** Give the question in force, with the keys of the address. */
  LC.gaps.question = (app) => {
    const { view } = app;
    const asked = { t: view.mode, b: view.basis, v: view.speed.name, a: view.area.code };
    if (view.category) asked.c = view.category.code;
    if (view.neighbours === 'own') asked.n = 'own';
    return LC.withOpening(view, { ...asked, m: Number(app.state.m) || 15 });
  };

  /** Ask for an answer about gaps, null leaves a key out; all is drawn once it has come. */
  LC.gaps.ask = (app, name, more) => {
    const path = '/values/' + encodeURIComponent(app.view.release) + '/' + name;
    const asked = { ...LC.gaps.question(app), ...more };
    const set = Object.entries(asked).filter(([, value]) => value !== null);
    const entry = LC.answerOf(path, Object.fromEntries(set));
    if (!entry.value && !entry.isFailed && !entry.isAwaited) {
      entry.isAwaited = true;
      entry.promise.then(LC.gaps.redraw);
    }
    return entry;
  };

  LC.gaps.entry = (app) => LC.gaps.ask(app, 'underserved', {});

  /** Give the list that a tab shows: `far` or `short`. */
  LC.gaps.listOf = (app) => (LC.tabOf(app) === 'short' ? 'short' : 'far');

  /** What the rows can be ordered by; the first of a list when nothing is said. */
  LC.gaps.ORDERS = {
    far: ['gap', 'elderly', 'children', 'over', 'lack'],
    short: ['whole', 'ratio', 'floor'],
  };

  /** Give the orders that can be offered: cohorts the city does not know are left out. */
  LC.gaps.ordersOf = (found, which) =>
    LC.gaps.ORDERS[which].filter((key) => !['elderly', 'children'].includes(key) ||
      (found.far[key] && found.far[key].length));

  const cell = (list, key, k) => (Array.isArray(list[key]) ? list[key][k] : list[key]);
  const missing = (value) => value === null || value === undefined;

  function placeOf(found, list, k) {
    const community = found.areas[list.community[k]] || '';
    const name = list.name[k] || list.id[k];
    return name.startsWith(community) ? name : community + ' ' + name;
  }

  function rowOf(found, which, k) {
    const list = found[which];
    const streetName = found.areas[list.street[k]] || '';
    const row = { k, place: placeOf(found, list, k), streetName };
    Object.keys(list).forEach((key) => (row[key] = cell(list, key, k)));
    row.cause = found.causes[which][list.cause[k]];
    return row;
  }

  const ORDERED = {
    gap: (row) => row.gap,
    elderly: (row) => row.elderly,
    children: (row) => row.children,
    // Whoever cannot get there at all has the longest way of all.
    over: (row) => (missing(row.dm) ? Infinity : row.dm),
    lack: (row) => row.missing.length,
    whole: (row) => row.whole,
    ratio: (row) => (missing(row.access) ? -Infinity : row.wanted - row.access),
    floor: (row) => (missing(row.floor_dm2) ? -Infinity : row.floor_min_dm2 - row.floor_dm2),
  };

  const byOrder = (order) => (one, other) => {
    const [a, b] = [ORDERED[order](one), ORDERED[order](other)];
    return a === b ? one.i - other.i : b > a ? 1 : -1;
  };

  let all = { found: null, which: null, rows: [] };
  /** Give every row of a list, by grid. */
  LC.gaps.allRows = (found, which) => {
    if (all.found !== found || all.which !== which) {
      all = { found, which, rows: found[which].i.map((_, k) => rowOf(found, which, k)) };
    }
    return all.rows;
  };

  /** Give the cause that is filtered for, or null. */
  LC.gaps.causeOf = (app, found) =>
    found.causes[LC.gaps.listOf(app)].includes(app.state.f) ? app.state.f : null;

  /** Give the order in force. */
  LC.gaps.orderOf = (app, found) => {
    const orders = LC.gaps.ordersOf(found, LC.gaps.listOf(app));
    return orders.includes(app.state.o) ? app.state.o : orders[0];
  };

  let shown = { key: '', found: null, rows: [] };
  /** Give the rows that filter, search and order leave, in their order. */
  LC.gaps.rows = (app, found) => {
    const which = LC.gaps.listOf(app);
    const cause = LC.gaps.causeOf(app, found);
    const order = LC.gaps.orderOf(app, found);
    const wanted = (app.state.q || '').trim().toLowerCase();
    const key = [which, cause, order, wanted].join('|');
    if (shown.found === found && shown.key === key) return shown.rows;
    const rows = LC.gaps.allRows(found, which).filter((row) =>
      (!cause || row.cause === cause) &&
      (!wanted || [row.place, row.streetName, row.id].some((text) =>
        text.toLowerCase().includes(wanted))));
    shown = { key, found, rows: rows.sort(byOrder(order)) };
    if (paging.key !== key) Object.assign(paging, { key, at: 0 });
    return shown.rows;
  };

  /** Give the sum of a column, in the unit of the answer. */
  LC.gaps.sum = (rows, key) => rows.reduce((sum, row) => sum + (row[key] || 0), 0);

  /** Choose the row `by` steps after the chosen one in the list that is shown. */
  LC.gaps.step = (app, by) => {
    const entry = LC.gaps.entry(app);
    const rows = entry.value ? LC.gaps.rows(app, entry.value) : [];
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.id === app.state.s);
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
    const row = rows[Math.max(0, Math.min(rows.length - 1, next))];
    LC.gaps.isByKeys = Boolean(document.activeElement.closest('.gaps-table'));
    LC.act({ s: row.id });
  };
})();
