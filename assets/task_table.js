/**
 * The list of tasks: one row each, by due day; a row and its place on the map choose each other.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const COLUMNS = ['state', 'item', 'place', 'owner', 'due'];

  function choose(task) {
    LC.act({ tk: task.task, s: task.grid_id });
  }

  function itemCell(task) {
    return [
      LC.h(
        'button',
        {
          type: 'button',
          class: 'link task-item',
          'data-key': 'task-' + task.task,
          on: { click: () => choose(task) },
        },
        task.item || LC.tasks.sourceText(task)
      ),
      task.item ? LC.h('span', { class: 'note' }, LC.tasks.sourceText(task)) : null,
    ];
  }

  function stateCell(task) {
    return [
      LC.tasks.stateChip(task),
      task.is_reported_done
        ? LC.h('span', { class: 'note task-said' }, LC.t('task_reported'))
        : null,
      task.reopened
        ? LC.h('span', { class: 'note task-said' }, LC.t('task_again', { n: task.reopened }))
        : null,
    ];
  }

  const mark = (task, field) =>
    LC.tasks.isOther(task, field)
      ? LC.h('span', { class: 'note', title: LC.t('task_edited_title') }, ' ' + LC.t('task_edited'))
      : null;

  function cellsOf(task) {
    return {
      state: stateCell(task),
      item: itemCell(task),
      place: LC.tasks.placeText(task),
      owner: [LC.tasks.ownerText(task.owner), mark(task, 'owner')],
      due: [task.due || LC.NONE, mark(task, 'due')],
    };
  }

  function rowOf(app, task) {
    const cells = cellsOf(task);
    const isOn = app.state.tk === task.task;
    const isHere = !isOn && app.state.s && app.state.s === task.grid_id;
    return LC.h(
      'tr',
      {
        class: isOn ? 'is-on' : isHere ? 'is-here' : '',
        'aria-selected': String(isOn),
        on: {
          click: (event) => event.target.closest('button') || choose(task),
          mouseenter: () => LC.taskMarks.point(task),
          mouseleave: () => LC.taskMarks.point(null),
          focusin: () => LC.taskMarks.point(task),
        },
      },
      COLUMNS.map((name) => LC.h('td', { class: 'task-' + name }, cells[name]))
    );
  }

  function table(app, found) {
    return LC.h(
      'table',
      { class: 'table task-table' },
      LC.h(
        'thead',
        null,
        LC.h(
          'tr',
          null,
          COLUMNS.map((name) => LC.h('th', { scope: 'col' }, LC.t('task_col_' + name)))
        )
      ),
      LC.h('tbody', null, found.tasks.map((task) => rowOf(app, task)))
    );
  }

  function empty(app) {
    const isNarrow = app.state.w || app.state.src || app.view.area.level !== 'city';
    return LC.h(
      'div',
      { class: 'work-empty' },
      LC.h('p', null, LC.t('task_none_' + (LC.tasks.stateOf(app) || 'open'))),
      isNarrow
        ? LC.h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': 'clear',
            on: { click: () => LC.act({ w: null, src: null, a: null, tk: null }) },
          },
          LC.t('std_clear')
        )
        : LC.h('p', { class: 'note' }, LC.t('task_none_more'))
    );
  }

  function foot(found) {
    const { paging, SIZES } = LC.tasks;
    return LC.workFoot({
      at: paging.at,
      size: paging.size,
      sizes: SIZES,
      total: found.total,
      rows: 'task_rows',
      unit: LC.t('task_unit'),
      turn: (by) => {
        paging.at += by;
        LC.tasks.redraw();
      },
      resize: (size) => {
        Object.assign(paging, { size, at: 0 });
        LC.tasks.redraw();
      },
      files: LC.address('/download/tasks.{format}?') + new URLSearchParams({
        ...LC.tasks.filter(LC.app),
        lang: LC.app.state.lang || 'zh',
      }),
    });
  }

  let shown = '';
  /** Draw the list into its container. */
  LC.taskTable = (container, app) => {
    const entry = LC.tasks.entry(app);
    if (!entry.value) {
      if (!entry.isFailed) entry.promise.then(() => LC.redraw('work'));
      if (!container.querySelector('.task-table') || entry.isFailed) {
        LC.replace(container, LC.waiting(entry));
      }
      return;
    }
    const found = entry.value;
    if (!found.tasks.length) {
      LC.replace(container, empty(app));
      return;
    }
    const before = container.querySelector('.work-scroll');
    const top = before ? before.scrollTop : 0;
    const scroll = LC.h('div', { class: 'work-scroll is-first' }, table(app, found));
    LC.replace(container, scroll, LC.h('div', { class: 'work-foot' }, foot(found)));
    scroll.scrollTop = top;
    const chosen = scroll.querySelector('tr.is-on, tr.is-here');
    const now = [app.state.tk, app.state.s].join();
    if (chosen && shown !== now) chosen.scrollIntoView({ block: 'nearest' });
    shown = now;
  };
})();
