/**
 * The page of gaps: which tab shows what. Each list is a part of its own with the same functions.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const LISTS = ['far', 'short'];
  const TASK_KEYS = ['tk', 'w', 'src'];
  const TASK_STATES = ['open', 'overdue', 'closed'];

  const lists = {
    head: (app) => LC.gaps.head(app),
    sentence: (app) => LC.gaps.sentence(app),
    mapHead: (app) => LC.gaps.mapHead(app),
    legend: (app) => LC.gaps.legend(app),
    detail: (app) => LC.gaps.detail(app),
    draw: (container, app) => LC.gaps.draw(container, app),
    map: (app) => LC.gaps.scene(app),
    step: (app, by) => LC.gaps.step(app, by),
  };

  /** Give the part of the page that the open tab shows. */
  function partOf(app) {
    const tab = LC.tabOf(app);
    if (LISTS.includes(tab)) return lists;
    return { foot: LC.gaps.paper, sole: LC.gaps.sole }[tab] || LC.tasks.page;
  }

  function step(app, by) {
    const part = partOf(app);
    if (part.step) part.step(app, by);
    else if (part.spec) LC.gaps.stepIn(app, part.spec, by);
  }

  /** Tell whether what stands in the address can only mean tasks: links from before have no tab. */
  const isOfTasks = (state) =>
    TASK_KEYS.some((key) => state[key]) || TASK_STATES.includes(state.f);

  LC.work = LC.work || {};
  LC.work.gaps = {
    label: 'task_tabs',
    tabs: [
      ['far', 'gaps_tab_far'],
      ['short', 'gaps_tab_short'],
      ['foot', 'paper_tab'],
      ['sole', 'sole_tab'],
      ['tasks', 'task_tab'],
      ['cal', 'cal_tab'],
    ],
    first: (app) => (isOfTasks(app.state) ? 'tasks' : 'far'),
    card: (app, key) => (LISTS.includes(key) ? LC.gaps.card(app, key) : null),
    head: (app) => partOf(app).head(app),
    sentence: (app) => partOf(app).sentence(app),
    mapHead: (app) => partOf(app).mapHead(app),
    legend: (app) => partOf(app).legend(app),
    detail: (app) => partOf(app).detail(app),
    draw: (container, app) => partOf(app).draw(container, app),
    map: (app) => (partOf(app).map ? partOf(app).map(app) : null),
    step,
  };
})();
