/**
 * One task with its evidence: what failed and what passed later, and who changed whose it is or
 * when it is due. The tasks of a place that is chosen on the map stand here too.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});

  const term = (key, text) => [LC.h('dt', null, LC.t(key)), LC.h('dd', null, text)];

  /** Say a day or a month as it stands in the data. */
  const dayText = (day) => (/^\d{4}-\d{2}$/.test(day || '') ? LC.month(day) : day || LC.NONE);

  function evidence(key, found) {
    return LC.h(
      'section',
      { class: 'task-evidence' },
      LC.h('h3', null, LC.t(key)),
      LC.h(
        'dl',
        { class: 'terms' },
        term('task_value', found.value === null ? LC.NONE : found.value),
        term('task_day', dayText(found.on)),
        term('task_row', found.row === null ? LC.NONE : LC.integer(found.row))
      )
    );
  }

  function life(task) {
    const opened = LC.t('task_in', {
      month: LC.month(task.opened_month),
      release: task.opened_release,
    });
    const closed = task.closed_month
      ? LC.t('task_in', { month: LC.month(task.closed_month), release: task.closed_release })
      : null;
    return LC.h(
      'dl',
      { class: 'terms' },
      term('task_source', LC.tasks.sourceText(task)),
      task.fails ? term('task_fails', task.fails) : null,
      term('task_opened', opened),
      closed ? term('task_closed', closed) : null,
      task.reopened ? term('task_reopened', LC.t('task_times', { n: task.reopened })) : null
    );
  }

  const valueText = (field, value) =>
    value || LC.t(field === 'owner' ? 'task_nobody' : 'task_no_day');

  function fieldRow(task, field) {
    const given = task.given[field];
    const isEdited = LC.tasks.isOther(task, field);
    return [
      LC.h('dt', null, LC.t('task_col_' + field)),
      LC.h(
        'dd',
        null,
        valueText(field, task[field]),
        isEdited
          ? LC.h('span', { class: 'note' },
            ' ' + LC.t('task_given', { value: valueText(field, given) }))
          : null,
        task.may_edit && task.state !== 'closed'
          ? LC.h(
            'button',
            {
              type: 'button',
              class: 'link task-edit',
              'data-key': 'edit-' + field,
              'aria-label': LC.t('task_edit_of', { field: LC.t('task_col_' + field) }),
              on: { click: () => LC.taskEdit.open(task, field) },
            },
            LC.t('task_edit')
          )
          : null
      ),
    ];
  }

  function editRow(task, edit, isNewest) {
    return LC.h(
      'li',
      null,
      LC.h('span', { class: 'note' }, edit.at.slice(0, 16).replace('T', ' ') + ' ' + edit.who),
      LC.h(
        'div',
        null,
        LC.t('task_changed', {
          field: LC.t('task_col_' + edit.field),
          before: valueText(edit.field, edit.before),
          after: valueText(edit.field, edit.after),
        })
      ),
      LC.h('div', { class: 'note' }, LC.t('task_reason_was', { reason: edit.reason })),
      isNewest && task.may_edit && task.state !== 'closed'
        ? LC.h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': 'undo',
            on: { click: () => LC.taskEdit.undo(task, edit) },
          },
          LC.t('task_undo')
        )
        : null
    );
  }

  function edits(task) {
    if (!task.edits.length) return null;
    return [
      LC.h('h3', null, LC.t('task_edits')),
      LC.h('ol', { class: 'task-edits' }, task.edits.map((edit, k) => editRow(task, edit, !k))),
    ];
  }

  function closeButton() {
    return LC.h(
      'button',
      {
        type: 'button',
        class: 'link detail-close',
        'data-key': 'close',
        'aria-label': LC.t('close'),
        on: { click: () => LC.act({ tk: null, s: null }) },
      },
      '×'
    );
  }

  /** Give the card of a task. */
  LC.taskCard = (app, task) => [
    LC.h('div', { class: 'detail-path' }, LC.h('span', null, LC.tasks.placeText(task)),
      closeButton()),
    LC.h('h2', { class: 'detail-name' }, task.item || LC.tasks.sourceText(task)),
    LC.h(
      'div',
      { class: 'chips' },
      LC.tasks.stateChip(task),
      task.is_reported_done
        ? LC.h('span', { class: 'chip chip-plain' }, LC.t('task_reported'))
        : null
    ),
    LC.h('dl', { class: 'terms' }, fieldRow(task, 'owner'), fieldRow(task, 'due')),
    LC.taskEdit.form(task),
    LC.h(
      'div',
      { class: 'task-evidences' },
      evidence('task_failed', task.failed),
      task.passed ? evidence('task_passed', task.passed) : null
    ),
    task.passed ? null : LC.h('p', { class: 'note' }, LC.t('task_closing')),
    life(task),
    edits(task),
  ];

  /** Give the tasks of the chosen place as a list, or null where it has none. */
  LC.taskList = (app) => {
    const own = (app.place && app.place.tasks) || [];
    if (!own.length) return null;
    return LC.h(
      'section',
      null,
      LC.h('h3', null, LC.t('task_of_place')),
      LC.h(
        'ul',
        { class: 'task-list' },
        own.map((task) =>
          LC.h(
            'li',
            null,
            LC.h(
              'button',
              {
                type: 'button',
                class: 'link',
                'data-key': 'place-task-' + task.task,
                on: { click: () => LC.act({ p: 'gaps', tk: task.task }) },
              },
              task.item || LC.tasks.sourceText(task)
            ),
            LC.tasks.stateChip(task),
            LC.h(
              'span',
              { class: 'note' },
              LC.tasks.ownerText(task.owner) + (task.due ? LC.t('title_gap') + task.due : '')
            )
          ))
      )
    );
  };

  /** Give the card of a place on the page of gaps. */
  LC.placeTasks = (app) => [
    LC.h('div', { class: 'detail-path' }, LC.crumbs(app.place.path || [], null), closeButton()),
    LC.h('h2', { class: 'detail-name' }, app.place.name || app.place.grid_id),
    LC.taskList(app) || LC.h('p', { class: 'empty' }, LC.t('task_none_here')),
  ];
})();
