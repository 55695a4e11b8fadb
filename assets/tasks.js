/**
 * The page of gaps: what is to be done, whose it is and when it is due. This file asks the server,
 * and says what stands above the list and beside it.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const SIZES = [25, 50, 100];
  const paging = { key: '', at: 0, size: SIZES[1] };
  /** Not closed is what a person looks for first: no key in the address stands for it. */
  const STATES = { '': 'open,overdue', overdue: 'overdue', closed: 'closed' };
  const NOBODY = '-';

  LC.tasks = { SIZES, paging, NOBODY };

  /** Draw all that shows tasks: the page of the list, or what it says, has changed. */
  LC.tasks.redraw = () => ['work-head', 'work', 'sentence', 'map-head', 'detail', 'map'].forEach(
    (id) => LC.redraw(id)
  );

  /** Give the state that is listed: '' not closed, overdue, closed. */
  LC.tasks.stateOf = (app) => (STATES[app.state.f] ? app.state.f : '');

  /** Give the filter of the list as the server takes it; also that of the file. */
  LC.tasks.filter = (app) => {
    const query = { state: STATES[LC.tasks.stateOf(app)], d: app.view.month };
    if (app.view.area.level !== 'city') query.a = app.view.area.code;
    if (app.state.w) query.owner = app.state.w;
    if (app.state.src) query.source = app.state.src;
    return query;
  };

  /** Give the entry of the page of the list that is shown. */
  LC.tasks.entry = (app) => {
    const filter = LC.tasks.filter(app);
    const key = JSON.stringify([app.view.release, filter]);
    if (paging.key !== key) Object.assign(paging, { key, at: 0 });
    return LC.answerOf('/api/v1/tasks', { ...filter, page: paging.at + 1, size: paging.size });
  };

  /** Give what the page shows, or null while it is on its way; `id` is drawn once it has come. */
  LC.tasks.found = (app, id) => {
    const entry = LC.tasks.entry(app);
    if (!entry.value && !entry.isFailed) entry.promise.then(() => LC.redraw(id));
    return entry.value;
  };

  /** Give the task that is chosen with all its evidence, null while it is not here. */
  LC.tasks.chosen = (app, id) => {
    if (!app.state.tk) return null;
    const entry = LC.answerOf('/api/v1/tasks/' + app.state.tk, { d: app.view.month });
    if (!entry.value && !entry.isFailed) entry.promise.then(() => LC.redraw(id));
    return entry;
  };

  /** Tell whether a field says another thing here than the files do. */
  LC.tasks.isOther = (task, field) =>
    task.edited.includes(field) && task[field] !== task.given[field];

  LC.tasks.ownerText = (owner) => owner || LC.t('task_nobody');
  LC.tasks.sourceText = (one) => LC.nameOf(one) || one.source;

  /** Say where a task is; a place that is gone keeps its code. */
  LC.tasks.placeText = (task) => task.unit_name || LC.t('task_place_gone', { id: task.unit_id });

  LC.tasks.stateChip = (task) =>
    LC.h(
      'span',
      { class: 'chip task-' + task.state },
      LC.t('task_is_' + task.state),
      task.state === 'overdue' && task.days_over
        ? ' ' + LC.t('task_days', { n: LC.integer(task.days_over) })
        : ''
    );

  function sentence(app) {
    if (LC.tabOf(app) === 'cal') return LC.calendar.sentence(app);
    const found = LC.tasks.found(app, 'sentence');
    const area = app.view.area.name;
    if (!found) return LC.t('task_sentence_wait', { area });
    const { open, overdue, closed } = found.counts;
    if (!open && !overdue && !closed) return LC.t('task_sentence_none', { area });
    const [first] = found.owners.filter((one) => one.open + one.overdue);
    const said = LC.t('task_sentence', {
      area,
      open: LC.integer(open + overdue),
      overdue: LC.integer(overdue),
      closed: LC.integer(closed),
    });
    if (!first || app.state.w) return said;
    return said + LC.t('task_sentence_owner', {
      owner: LC.tasks.ownerText(first.owner),
      n: LC.integer(first.open + first.overdue),
      overdue: LC.integer(first.overdue),
    });
  }

  function choice(key, label, value, options, pick) {
    return LC.h(
      'label',
      { class: 'work-size' },
      LC.t(label),
      LC.h(
        'select',
        {
          class: 'select',
          'data-key': key,
          on: { change: (event) => pick(event.currentTarget.value || null) },
        },
        options.map(([id, text]) => LC.h('option', { value: id, selected: id === value }, text))
      )
    );
  }

  function head(app) {
    if (LC.tabOf(app) === 'cal') return LC.calendar.head(app);
    const found = LC.tasks.found(app, 'work-head');
    if (!found) return null;
    const now = LC.tasks.stateOf(app);
    const { open, overdue, closed } = found.counts;
    const counts = { '': open + overdue, overdue, closed };
    const owners = found.owners.map((one) => [
      one.owner || NOBODY,
      LC.t('task_owner_option', {
        owner: LC.tasks.ownerText(one.owner),
        n: LC.integer(one.open + one.overdue),
      }),
    ]);
    const sources = found.sources.map((one) => [one.source, LC.tasks.sourceText(one)]);
    const all = [['', LC.t('std_every')]];
    return [
      LC.h(
        'div',
        { class: 'work-chips', role: 'group', 'aria-label': LC.t('task_states') },
        Object.keys(STATES).map((state) =>
          LC.workChip(
            'state-' + state,
            LC.t('task_chip_' + (state || 'open')),
            counts[state],
            now === state,
            () => LC.act({ f: state || null, tk: null })
          ))
      ),
      choice('task-owner', 'task_owner', app.state.w || '', all.concat(owners), (w) =>
        LC.act({ w, tk: null })),
      choice('task-source', 'task_source', app.state.src || '', all.concat(sources), (src) =>
        LC.act({ src, tk: null })),
    ];
  }

  function ownerRow(app, one) {
    const id = one.owner || NOBODY;
    const isOn = app.state.w === id;
    return LC.h(
      'tr',
      { class: isOn ? 'is-on' : '' },
      LC.h(
        'th',
        { scope: 'row' },
        LC.h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': 'owner-' + id,
            'aria-pressed': String(isOn),
            on: { click: () => LC.act({ w: isOn ? null : id, tk: null }) },
          },
          LC.tasks.ownerText(one.owner)
        )
      ),
      LC.h('td', null, LC.h('b', null, LC.integer(one.open + one.overdue))),
      LC.h('td', null, LC.integer(one.overdue)),
      LC.h('td', null, LC.integer(one.closed))
    );
  }

  /** Beside the list while no task is chosen: how much each owner has. */
  function owners(app) {
    const found = LC.tasks.found(app, 'detail');
    if (!found || !found.owners.length) return LC.h('p', { class: 'empty' }, LC.t('task_hint'));
    const heads = ['task_chip_open', 'task_chip_overdue', 'task_chip_closed'];
    return [
      LC.h('h3', null, LC.t('task_by_owner')),
      LC.h(
        'table',
        { class: 'table' },
        LC.h(
          'thead',
          null,
          LC.h(
            'tr',
            null,
            LC.h('th', { scope: 'col' }, LC.t('task_owner')),
            heads.map((key) => LC.h('th', { scope: 'col' }, LC.t(key)))
          )
        ),
        LC.h('tbody', null, found.owners.map((one) => ownerRow(app, one)))
      ),
      LC.h('p', { class: 'note' }, LC.t('task_closing')),
      LC.h('p', { class: 'empty' }, LC.t('task_hint')),
    ];
  }

  function detail(app) {
    if (LC.tabOf(app) === 'cal') return LC.calendar.detail(app);
    const chosen = LC.tasks.chosen(app, 'detail');
    const task = chosen && chosen.value;
    const isElsewhere = task && app.place && task.grid_id !== app.place.grid_id;
    if (task && !isElsewhere) return LC.taskCard(app, task);
    if (app.place) return LC.placeTasks(app);
    return chosen && !task ? LC.waiting(chosen) : owners(app);
  }

  function mapHead(app) {
    const found = LC.tasks.found(app, 'map-head');
    const n = found ? found.tasks.filter((task) => task.lon !== null).length : 0;
    const gone = found ? found.tasks.length - n : 0;
    return [
      LC.h('h2', null, LC.t('task_map')),
      LC.h('span', { class: 'note' }, LC.t(gone ? 'task_map_gone' : 'task_map_note', { n, gone })),
    ];
  }

  function legend() {
    return LC.h(
      'div',
      { class: 'legend-rows' },
      ['overdue', 'open', 'closed'].map((state) =>
        LC.h(
          'span',
          { class: 'legend-row' },
          LC.h('i', { class: 'task-mark is-' + state, 'aria-hidden': 'true' }),
          LC.t('task_is_' + state)
        )),
      LC.h('span', { class: 'note' }, LC.t('task_mark_note'))
    );
  }

  /** The part of the page of gaps that its tabs of tasks and of the calendar show. */
  LC.tasks.page = {
    head,
    sentence,
    mapHead,
    legend,
    detail,
    draw(container, app) {
      if (LC.tabOf(app) === 'cal') LC.calendar.draw(container, app);
      else LC.taskTable(container, app);
    },
  };
})();
