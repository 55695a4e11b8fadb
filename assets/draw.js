/**
 * Draw the page: one call takes all stores, every view draws itself into its container, at most
 * once a frame.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const circle = ((window.dash_clientside = window.dash_clientside || {}).circle =
    window.dash_clientside.circle || {});
  const MINUTES = 60;
  const RELEASED_MS = 250;

  LC.app = {
    state: null,
    view: null,
    place: null,
    grids: null,
    minutes: 15,
    ui: { filter: null, hover: null },
  };

  /**
   * Views: `{id, needs, draw(container, app)}`. A view is drawn again when one of `needs` (names of
   * `app`, or
   * `filter`) is another value than before, or its container is new or another size. `draw` is
   * handed the width in pixels that was read before anything was written.
   */
  LC.views = LC.views || [];

  const valueOf = (app, name) => (name === 'filter' ? app.ui.filter : app[name]);

  function isCurrent(one, container, app) {
    const now = one.needs.map((name) => valueOf(app, name));
    one.width = container.clientWidth;
    now.push(container, one.width, container.clientHeight, app.words, LC.lang());
    const same = one.last && now.every((value, k) => value === one.last[k]);
    one.last = now;
    return same;
  }

  /**
   * Sizes are read before anything is written, or every view would wait for a layout of its own.
   */
  function drawViews(app) {
    if (!app.view) return;
    const stale = LC.views.filter((one) => {
      const container = LC.byId(one.id);
      // Not offsetParent: that is null for what is fixed to the window, such as the notices.
      const isShown = container && container.getClientRects().length > 0;
      if (!isShown) one.last = null;
      return isShown && !isCurrent(one, container, app);
    });
    stale.forEach((one) => one.draw(LC.byId(one.id), app, one.width));
  }

  function setControl(id, property, value) {
    if (!LC.byId(id) || LC.shown[id] === value) return;
    LC.shown[id] = value;
    window.dash_clientside.set_props(id, { [property]: value });
  }

  function syncControls(app) {
    const { state, view, minutes } = app;
    setControl('scope-minutes', 'value', Math.max(5, Math.min(30, minutes)));
    setControl('scope-minutes-box', 'value', minutes);
    setControl('lang', 'value', state.lang || 'zh');
    if (!view) return;
    setControl('scope-area', 'value', view.area.code);
    if (view.category) setControl('scope-category', 'value', view.category.code);
    setControl('scope-mode', 'value', view.mode);
    setControl('scope-basis', 'value', view.basis);
    setControl('scope-speed', 'value', view.speed.name);
  }

  LC.isShown = (id) => {
    const node = LC.byId(id);
    return Boolean(node && node.getClientRects().length);
  };

  let wanted = '';
  /** Ask for the table's rows when it is open and the slider rests. */
  const askForGrids = LC.debounce((app) => {
    const drawer = LC.byId('drawer');
    if (!app.query || !LC.isShown('drawer') || drawer.classList.contains('is-folded')) return;
    const question = { ...app.query, m: app.minutes };
    const key = JSON.stringify(question) + (app.view ? app.view.release : '');
    if (key === wanted) return;
    wanted = key;
    window.dash_clientside.set_props('asked', { data: question });
  }, RELEASED_MS);

  let asked = 0;
  /** Ask for a drawing in the next frame. */
  LC.requestDraw = () => {
    if (asked) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      if (!LC.app.state) return;
      drawViews(LC.app);
      if (LC.map) LC.map.update(LC.app);
      askForGrids(LC.app);
      const main = LC.byId('main');
      const isReady = main && main.getAttribute('data-ready') === '1';
      if (LC.app.view && (isReady || !LC.isShown('map'))) LC.ready();
    });
  };

  /** Say to the outside that the page shows its data. */
  LC.ready = () => {
    const main = LC.byId('main');
    if (!main || !LC.app.view) return;
    main.setAttribute('data-ready', '1');
    main.setAttribute('data-lang', LC.app.state.lang || 'zh');
    main.setAttribute('data-minutes', String(LC.app.minutes));
  };

  LC.mapSettled = () => LC.ready();

  const writeSoon = LC.debounce((state) => LC.writeAddress(state), RELEASED_MS);
  let released = null;
  /**
   * Keep the address current: at once for a step of history, after the slider rests for minutes.
   */
  function writeAddress(state) {
    const isDrag = released && Object.keys({ ...released, ...state }).every(
      (key) => key === 'm' || key === 'z' || (released[key] ?? null) === (state[key] ?? null)
    );
    released = state;
    if (isDrag) writeSoon(state);
    else LC.writeAddress(state);
  }

  /** Clientside callback: take the stores and draw; gives what was drawn. */
  circle.draw = (state, view, place, grids, words) => {
    if (!state) return window.dash_clientside.no_update;
    const { app } = LC;
    if (view && view !== app.view) {
      app.viewAt = new Date();
      // What it asked for may have been pruned meanwhile: what came instead is what it shows.
      if (!state.d) LC.pinned = view.release;
    }
    const isOtherPlace = app.view && view && app.view.area.code !== view.area.code;
    if (isOtherPlace) app.ui = { filter: null, hover: null };
    const minutes = Math.max(1, Math.min(MINUTES, Number(state.m) || 15));
    if (app.minutes !== minutes && LC.tooltip) LC.tooltip.hide();
    const chosen = place && state.s && place.grid_id === state.s ? place : null;
    const missing = place && state.s && place.missing === state.s ? state.s : null;
    Object.assign(
      app,
      { state, view: view || null, place: chosen, missing, grids: grids || null, minutes }
    );
    app.words = words;
    app.page = state.p;
    app.selected = state.s || null;
    app.layers = [state.k, state.u, state.l, state.n].join('|');
    LC.setWords(words, state.lang);
    LC.syncShell(app);
    syncControls(app);
    writeAddress(state);
    LC.requestDraw();
    return { m: minutes, release: view ? view.release : null, page: state.p };
  };

  /** Show only one class of the legend at full strength; the same again shows all. */
  LC.filter = (group) => {
    LC.app.ui.filter = LC.app.ui.filter === group ? null : group;
    LC.requestDraw();
  };

  /** Draw one view again although its inputs are the same: its own switches changed. */
  LC.redraw = (id) => {
    LC.views.filter((one) => one.id === id).forEach((one) => (one.last = null));
    LC.requestDraw();
  };

  /** Point at a unit from any view; `unit` is the number in the tiles, -1 none. */
  LC.hovered = (level, unit) => {
    const drawer = LC.byId('drawer');
    if (!drawer) return;
    const key = level === 'grid' && unit >= 0 ? String(unit) : null;
    drawer.querySelectorAll('tr.is-hover').forEach((row) => row.classList.remove('is-hover'));
    const row = key && drawer.querySelector('tr[data-unit="' + key + '"]');
    if (row) row.classList.add('is-hover');
  };

  window.addEventListener('resize', LC.debounce(LC.requestDraw, 100));
})();
