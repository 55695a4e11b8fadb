/**
 * Change whose a task is or when it is due, with a reason; each change is written down and can be
 * taken back by another.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  let open = null;

  async function send(task, body) {
    const answer = await fetch(LC.address('/tasks/' + task.task), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error || String(answer.status));
  }

  function changed() {
    open = null;
    LC.forgetAnswers('/api/v1/tasks');
    LC.forgetAnswers('/api/v1/calendar');
    LC.tasks.redraw();
  }

  async function save(task, body) {
    try {
      await send(task, body);
      changed();
      LC.notice('task_saved');
    } catch (error) {
      if (!open) return LC.notice('task_refused', { reason: error.message });
      open.fault = error.message;
      LC.redraw('detail');
    }
    return undefined;
  }

  function submit(event, task) {
    event.preventDefault();
    const { field, value, reason } = open;
    save(task, { field, value: value.trim() || null, reason: reason.trim() });
  }

  const box = (label, node) => LC.h('label', { class: 'task-field' }, LC.t(label), node);

  function input(key, kind, required) {
    return LC.h('input', {
      type: kind,
      class: 'work-search',
      'data-key': 'edit-' + key,
      value: open[key],
      required,
      maxlength: key === 'reason' ? 200 : kind === 'text' ? 60 : null,
      minlength: key === 'reason' ? 2 : null,
      on: { input: (event) => (open[key] = event.currentTarget.value) },
    });
  }

  LC.taskEdit = {
    /** Open the form for a field of a task, with what it is now. */
    open(task, field) {
      open = { task: task.task, field, value: task[field] || '', reason: '', fault: null };
      LC.redraw('detail');
      requestAnimationFrame(() => requestAnimationFrame(() => {
        const node = document.querySelector('[data-key="edit-value"]');
        if (node) node.focus();
      }));
    },

    /** Take an edit back: the field becomes what it was before. */
    undo(task, edit) {
      const reason = LC.t('task_undo_reason', { at: edit.at.slice(0, 16).replace('T', ' ') });
      open = null;
      save(task, { field: edit.field, value: edit.before, reason });
    },

    /** Give the open form of a task, or null. */
    form(task) {
      if (!open || open.task !== task.task) return null;
      const cancel = () => {
        open = null;
        LC.redraw('detail');
      };
      return LC.h(
        'form',
        { class: 'task-form', on: { submit: (event) => submit(event, task) } },
        box(
          'task_col_' + open.field,
          input('value', open.field === 'due' ? 'date' : 'text', false)
        ),
        box('task_reason', input('reason', 'text', true)),
        open.fault ? LC.h('p', { class: 'task-fault', role: 'alert' }, open.fault) : null,
        LC.h(
          'div',
          { class: 'work-chips' },
          LC.h('button', { type: 'submit', class: 'work-button is-main', 'data-key': 'save' },
            LC.t('task_save')),
          LC.h(
            'button',
            { type: 'button', class: 'work-button', 'data-key': 'cancel', on: { click: cancel } },
            LC.t('task_cancel')
          )
        )
      );
    },
  };
})();
