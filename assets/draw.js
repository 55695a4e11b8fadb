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
  const BOX_MS = 150;
  const REST_MS = 150;

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

  const minutesOf = (state) => Math.max(1, Math.min(MINUTES, Number(state.m) || 15));
  const valueOf = (app, name) => (name === 'filter' ? app.ui.filter : app[name]);

  function isCurrent(one, container, app) {
    const now = one.needs.map((name) => valueOf(app, name));
    one.width = container.clientWidth;
    now.push(container, one.width, container.clientHeight, app.words, LC.lang());
    const same = one.last && now.every((value, k) => value === one.last[k]);
    one.last = now;
    return same;
  }

  /** List the views to draw again. Sizes are read here, before anything is written. */
  function staleViews(app) {
    if (!app.view) return [];
    return LC.views.filter((one) => {
      const container = LC.byId(one.id);
      // Not offsetParent: that is null for what is fixed to the window, such as the notices.
      const isShown = container && container.getClientRects().length > 0;
      if (!isShown) one.last = null;
      return isShown && !isCurrent(one, container, app);
    });
  }

  /**
   * Draw what has changed. The map reads sizes, so it goes before the texts are written, or it
   * would wait for their layout; only its first fit needs the legend to be there.
   */
  function drawAll(app) {
    const stale = staleViews(app);
    const isFirst = !LC.map || !LC.map.isFitted();
    if (!isFirst) LC.map.update(app);
    stale.forEach((one) => one.draw(LC.byId(one.id), app, one.width));
    if (isFirst && LC.map) LC.map.update(app);
  }

  /** Tell a control its value. Dash takes it before the control's own script has come. */
  function setControl(id, property, value) {
    if (LC.shown[id] === value) return;
    LC.shown[id] = value;
    window.dash_clientside.set_props(id, { [property]: value });
  }

  /** Tell Dash what the box shows once the slider rests: each telling draws the control anew. */
  const tellBox = LC.debounce(() => {
    setControl('scope-minutes-box', 'value', LC.app.minutes);
  }, BOX_MS);

  function showBox(minutes) {
    const box = LC.byId('scope-minutes-box');
    if (!box || LC.shown['scope-minutes-box'] === minutes) return;
    if (box !== document.activeElement) box.value = minutes;
    tellBox();
  }

  let ahead = null;
  /** Tell Dash the minute once the slider rests: its stores cost more than the drawing does. */
  const catchUp = LC.debounce(() => {
    if (ahead !== null && ahead !== minutesOf(LC.app.state)) LC.act({ m: ahead });
    else ahead = null;
  }, REST_MS);

  /**
   * Say whether a change of the state is the minute that the slider shows already; any other
   * minute takes its place.
   */
  LC.isPreviewed = (patch) => {
    if (patch.m === undefined || ahead === null) return false;
    if (patch.m !== ahead) ahead = null;
    return ahead !== null && Object.keys(patch).length === 1;
  };

  /** The minutes to show: the slider's, while the state is still on its way there. */
  function minutesNow(state) {
    if (ahead === minutesOf(state)) ahead = null;
    return ahead === null ? minutesOf(state) : ahead;
  }

  /**
   * Show a minute of the slider before Dash has passed it on: the state follows when the slider
   * rests, with the same minute, and finds everything drawn.
   */
  function preview(minutes) {
    const { app } = LC;
    const isOwn = minutes === LC.shown['scope-minutes'];
    if (isOwn || !app.view || !minutes || minutes === app.minutes) return;
    ahead = minutes;
    app.minutes = minutes;
    showBox(minutes);
    LC.requestDraw();
    catchUp();
  }

  let followed = null;
  /** Watch the slider's thumb; its script may come after the first drawing. */
  function followSlider() {
    const thumb = document.querySelector('#scope-minutes [role="slider"]');
    if (!thumb) setTimeout(followSlider, REST_MS);
    if (!thumb || thumb === followed) return;
    followed = thumb;
    new MutationObserver(() => preview(Number(thumb.getAttribute('aria-valuenow')))).observe(
      thumb,
      { attributes: true, attributeFilter: ['aria-valuenow'] }
    );
  }

  function syncControls(app) {
    const { state, view, minutes } = app;
    setControl('scope-minutes', 'value', Math.max(5, Math.min(30, minutes)));
    showBox(minutes);
    setControl('lang', 'value', state.lang || 'zh');
    if (!view) return;
    setControl('scope-area', 'value', view.area.code);
    if (view.category) setControl('scope-category', 'value', view.category.code);
    setControl('scope-mode', 'value', view.mode);
    setControl('scope-basis', 'value', view.basis);
    setControl('scope-speed', 'value', view.speed.name);
    setControl('scope-opening', 'value', view.opening);
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
      drawAll(LC.app);
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
    LC.put(main, 'data-ready', '1');
    LC.put(main, 'data-lang', LC.app.state.lang || 'zh');
    LC.put(main, 'data-minutes', String(LC.app.minutes));
    if (waiting) letWaitingGo();
  };

  LC.mapSettled = () => LC.ready();

  let waiting = [];
  /** Do something once the page shows its data and the browser has drawn that; now if it has. */
  LC.whenReady = (task) => {
    if (waiting) waiting.push(task);
    else task();
  };

  function letWaitingGo() {
    const tasks = waiting || [];
    waiting = null;
    requestAnimationFrame(() => setTimeout(() => tasks.forEach((task) => task())));
  }

  const isSame = (one, other, except) =>
    Object.keys({ ...one, ...other }).every(
      (key) => except.includes(key) || (one[key] ?? null) === (other[key] ?? null)
    );
  const isMinuteOnly = (before, state) => Boolean(before) && isSame(before, state, ['m']);

  const writeSoon = LC.debounce((state) => LC.writeAddress(state), RELEASED_MS);
  let released = null;
  /**
   * Keep the address current: at once for a step of history, after the slider rests for minutes.
   */
  function writeAddress(state) {
    const isDrag = released && isSame(released, state, ['m', 'z']);
    released = state;
    if (isDrag) writeSoon(state);
    else LC.writeAddress(state);
  }

  /** What changes with a view: when it came, its release, and what was chosen in the last area. */
  function noteView(app, state, view) {
    if (!view || view === app.view) return;
    app.viewAt = new Date();
    // The release asked for may have been pruned meanwhile: what came instead is what is shown.
    if (!state.d) LC.pinned = view.release;
    const isOtherPlace = app.view && app.view.area.code !== view.area.code;
    if (isOtherPlace) app.ui = { filter: null, hover: null };
  }

  function nextOf(state, view, place, grids, words) {
    const isOf = (key) => Boolean(place && state.s && place[key] === state.s);
    return {
      view: view || null,
      place: isOf('grid_id') ? place : null,
      missing: isOf('missing') ? state.s : null,
      grids: grids || null,
      minutes: minutesNow(state),
      words,
      page: state.p,
      selected: state.s || null,
      layers: [state.k, state.i, state.u, state.l, state.n].join('|'),
      // The lists of gaps are asked for anew when the slider rests: the minute counts there.
      lists: ['g', 's', ...LC.OF_LISTS, ...(state.p === 'gaps' ? ['m'] : [])]
        .map((key) => state[key] || '').join('|'),
    };
  }

  /** Clientside callback: take the stores and draw; gives what was drawn. */
  circle.draw = (state, view, place, grids, words) => {
    if (!state) return window.dash_clientside.no_update;
    const { app } = LC;
    noteView(app, state, view);
    const next = nextOf(state, view, place, grids, words);
    if (app.minutes !== next.minutes && LC.tooltip) LC.tooltip.hide();
    // After a tick of the slider everything stands already: no second frame for it.
    const isDrawn = isMinuteOnly(app.state, state) &&
      Object.keys(next).every((key) => app[key] === next[key]);
    Object.assign(app, next, { state });
    LC.setWords(words, state.lang);
    LC.syncShell(app);
    syncControls(app);
    followSlider();
    writeAddress(state);
    if (!isDrawn) LC.requestDraw();
    return { m: next.minutes, release: view ? view.release : null, page: state.p };
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
