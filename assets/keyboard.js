/**
 * Single keys: [ and ] change the minutes, n and p walk the worst grids, 1..5 the pages, Backspace
 * goes up, Escape clears.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const PAGES = ['overview', 'coverage', 'gaps', 'standards', 'data'];

  function isTyping(target) {
    return target && target.closest && target.closest(
      'input:not([type=range]), textarea, select, [role=combobox], [contenteditable]'
    );
  }

  const REPEAT_MS = 500;
  let goal = { m: 0, at: 0 };

  /**
   * Keys come faster than the page is drawn: count on from what was asked for, not from what is
   * shown.
   */
  function step(by) {
    const isGoingOn = performance.now() - goal.at < REPEAT_MS;
    const from = isGoingOn ? goal.m : LC.app.minutes;
    goal = { m: Math.max(1, Math.min(60, from + by)), at: performance.now() };
    LC.act({ m: goal.m });
  }

  function worst(by) {
    const own = LC.workPage(LC.app);
    if (own) {
      if (own.step) own.step(LC.app, by);
      return;
    }
    const rows = (LC.app.grids && LC.app.grids.rows) || [];
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.id === LC.app.state.s);
    const next = at < 0 ? 0 : (at + by + rows.length) % rows.length;
    LC.act({ s: rows[next].id });
  }

  function open(page) {
    const link = document.querySelector('a.rail-link[data-page="' + page + '"]');
    if (link) link.click();
  }

  function escape() {
    LC.tooltip && LC.tooltip.hide();
    if (document.documentElement.classList.contains('shows-legend')) LC.showLegend(false);
    else if (LC.app.ui.filter !== null) LC.filter(LC.app.ui.filter);
    else if (LC.app.state.s) LC.act({ s: null });
  }

  /** From a grid to its area, from an area to the one that holds it. */
  function up() {
    const { state, view } = LC.app;
    if (state.s) {
      LC.act({ s: null });
      return;
    }
    const path = (view && view.area.path) || [];
    const parent = path.filter((one) => one.code !== view.area.code).pop();
    if (parent) LC.goTo(parent);
  }

  const keys = {
    '[': () => step(-1),
    ']': () => step(1),
    n: () => worst(1),
    p: () => worst(-1),
    Escape: escape,
    Backspace: up,
  };

  document.addEventListener('keydown', (event) => {
    if (
      event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !LC.app.state
    ) return;
    if (isTyping(event.target) && event.key !== 'Escape') return;
    const page = PAGES[Number(event.key) - 1];
    if (page) open(page);
    else if (keys[event.key]) keys[event.key]();
  });
})();
