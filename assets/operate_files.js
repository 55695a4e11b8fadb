/**
 * Step 1 of the operator's page: which set, which files, sending them; and the verdict line.
 */
(function () {
  'use strict';
  const LC = window.livingCircle;
  const op = LC.operate;
  const h = LC.h;

  function isReadable(name) {
    const low = name.toLowerCase();
    return name === 'city.toml' || op.now.limits.endings.some((ending) => low.endsWith(ending));
  }

  function refusal(file) {
    if (!isReadable(file.name)) return op.t('wrong_kind');
    if (file.size > op.now.limits.file_bytes) {
      return op.t('too_large', { size: op.size(op.now.limits.file_bytes) });
    }
    return null;
  }

  /** Send one file; `fetch` does not tell how far it is. */
  function sendOne(set, file) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', op.address('/inbox/' + set + '/' + encodeURIComponent(file.name)));
      request.setRequestHeader('Content-Type', 'application/octet-stream');
      request.upload.addEventListener('progress', (event) => {
        if (!event.lengthComputable) return;
        op.sending = { name: file.name, share: Math.round((100 * event.loaded) / event.total) };
        op.draw();
      });
      request.addEventListener('load', () => {
        if (request.status < 300) {
          resolve();
          return;
        }
        let reason = String(request.status);
        try {
          reason = JSON.parse(request.responseText).error || reason;
        } catch (error) {
          // a proxy's own page: the status is all there is
        }
        reject(new Error(reason));
      });
      request.addEventListener('error', () => reject(new Error(op.t('away'))));
      request.send(file);
    });
  }

  async function send(files) {
    let sent = 0;
    const refused = [];
    const set = op.now.set.id;
    for (const file of Array.from(files)) {
      const reason = refusal(file);
      try {
        if (reason) throw new Error(reason);
        op.sending = { name: file.name, share: 0 };
        op.draw();
        await sendOne(set, file);
        sent += 1;
        if (file.name === 'city.toml') op.draft = null;
      } catch (error) {
        refused.push(op.t('refused', { name: file.name, reason: error.message }));
      }
    }
    op.sending = null;
    const lines = sent ? [op.t('sent', { n: sent })] : [];
    op.notice = { text: lines.concat(refused).join(' '), isBad: refused.length > 0 };
    await op.refresh();
  }

  function dropZone() {
    const picker = h('input', {
      type: 'file',
      multiple: true,
      id: 'op-files',
      class: 'op-hidden',
      on: { change: (event) => send(event.target.files) },
    });
    const over = (event) => {
      event.preventDefault();
      event.currentTarget.classList.toggle('is-over', event.type === 'dragover');
      if (event.type === 'drop') send(event.dataTransfer.files);
    };
    return h(
      'div',
      { class: 'op-drop', on: { dragover: over, dragleave: over, drop: over } },
      h('span', null, op.t('drop')),
      picker,
      op.button(op.t('pick'), () => picker.click(), { key: 'pick' }),
      h('p', { class: 'op-note' }, op.t('limits', { size: op.size(op.now.limits.file_bytes) })),
      op.sending ? h('p', { role: 'status' }, op.t('sending', op.sending)) : null
    );
  }

  const isFrom = (row) => (row.use ? op.or('use_' + row.use, row.use) : null);

  function useOf(row) {
    if (row.path === 'city.toml') return op.t('use_settings');
    return isFrom(row) || h('span', { class: 'op-note' }, op.t('use_none'));
  }

  function fileRow(row) {
    const isMissing = row.state === 'missing';
    return h(
      'tr',
      { class: isMissing ? 'is-missing' : '' },
      h('td', null, row.path),
      h('td', null, useOf(row)),
      h('td', { class: 'number' }, op.size(row.bytes)),
      h('td', { class: 'number' }, op.size(row.before)),
      h('td', null, h('span', { class: 'op-state op-state-' + row.state },
        op.t('state_' + row.state))),
      h('td', { class: 'op-end' }, isMissing ? null : op.button(
        op.t('remove'),
        () => op.post('/inbox/' + op.now.set.id + '/remove', { file: row.path }),
        { small: true, key: 'remove-' + row.path, label: op.t('remove') + ' ' + row.path }
      ))
    );
  }

  op.drawStep[1] = () => {
    const { set } = op.now;
    const heads = [
      [op.t('file')], [op.t('use')], [op.t('size'), 'number'], [op.t('size_before'), 'number'],
      [op.t('state')], [''],
    ];
    const busy = op.busy() || Boolean(op.sending);
    const next = set.toml
      ? op.button(op.t('do_check'), () => op.job('check'), { main: true, disabled: busy })
      : op.button(op.t('do_propose'), () => op.job('propose'), { main: true, disabled: busy });
    return [
      dropZone(),
      set.files.length ? op.table(heads, set.files.map(fileRow), 'files') : null,
      set.toml ? monthLine(set) : null,
      set.files.length ? h('div', { class: 'op-actions' }, next) : null,
    ];
  };

  function monthLine(set) {
    const box = (id, value, most, hint) => h('input', {
      type: 'text', id, value: value || '', maxlength: most, placeholder: hint, 'data-key': id,
    });
    const name = box('op-name', set.name, 60, '');
    const month = box('op-month', set.as_of, 7, op.t('month_hint'));
    const edit = (key, input) => ({
      section: 'city', number: 0, key, value: input.value.trim(),
    });
    const save = () => op.saveSettings({ edits: [edit('name', name), edit('as_of', month)] });
    return h(
      'p',
      { class: 'op-line' },
      h('label', { for: 'op-name' }, op.t('city_name')),
      name,
      h('label', { for: 'op-month' }, op.t('month')),
      month,
      op.button(op.t('save'), save, { small: true, key: 'save-month' })
    );
  }

  async function begin(base, then) {
    const made = await op.post('/inbox/new', { base }, (said) => {
      op.set = said.set;
      op.step = 1;
      op.draft = null;
    });
    if (made && then) then();
  }

  function templateButton() {
    return op.now.template
      ? h('a', { class: 'op-button', href: op.address('/inbox/template.zip'), 'data-key': 'tpl' },
        op.t('get_template'))
      : op.button(op.t('make_template'), () => op.job('template'), { disabled: op.busy() });
  }

  function firstBar() {
    return h(
      'div',
      { class: 'op-first' },
      h('p', null, op.t('first')),
      op.button(op.t('begin_empty'), () => begin(null), { main: true }),
      op.button(op.t('begin_demo'), () => begin(null, () => op.job('demo'))),
      templateButton()
    );
  }

  /** Draw which set of files is on the page, and how to begin another. */
  op.setBar = () => {
    const { set, sets } = op.now;
    if (!sets.length) return op.now.releases.length ? plainBar(null) : firstBar();
    return plainBar(set);
  };

  function plainBar(set) {
    const own = op.now.sets.filter((each) => each.is_own);
    const newest = op.now.sets[0];
    const base = op.now.sets.find((each) => each.release) || newest;
    const id = set && set.id;
    return h(
      'div',
      { class: 'op-bar' },
      set ? setPicker(own, id) : null,
      base
        ? op.button(
          base.month ? op.t('begin_month', { month: base.month }) : op.t('begin_month_any'),
          () => begin(base.id), { key: 'begin-month', main: !set })
        : null,
      op.button(op.t('begin_other'), () => begin(null), { key: 'begin-empty' }),
      templateButton(),
      set
        ? op.button(op.t('discard'), () => op.confirm('discard', op.t('discard_sure'), () => {
          op.set = '';
          op.step = 0;
          op.post('/inbox/' + id + '/discard');
        }), { key: 'discard', disabled: op.busy() })
        : null,
      op.confirmBox('discard')
    );
  }

  function setPicker(own, id) {
    return h(
      'label',
      { class: 'op-line' },
      op.t('set'),
      h(
        'select',
        { 'data-key': 'set', on: { change: (event) => op.choose(event.target.value) } },
        own.map((each) => h(
          'option',
          { value: each.id, selected: each.id === id },
          op.t('set_option', { month: each.month || op.t('no_month'), id: op.time(each.created_at) })
        ))
      )
    );
  }

  function verdictText() {
    const { set } = op.now;
    if (!set.toml) return op.t('v_no_toml', { n: set.files.length });
    if (!op.report) return op.t('v_unchecked');
    if (set.is_stale) return op.t('v_stale');
    const { blocking, warning } = op.report.counts;
    if (blocking) return op.t('v_blocked', { n: blocking });
    const current = op.now.releases.find((one) => one.is_current);
    if (current && current.release === op.report.release) return op.t('v_current');
    return warning ? op.t('v_warned', { n: warning }) : op.t('v_clean');
  }

  function rowsOf(severity) {
    const groups = op.report.groups.filter((group) => group.severity === severity);
    const rows = groups.reduce((sum, group) => sum + (group.count || 0), 0);
    return rows ? op.t('n_rows', { n: op.number(rows) }) : '';
  }

  /** Draw the answer first: may this set be published, and what stands in the way. */
  op.verdict = () => {
    const { set } = op.now;
    const counts = op.report && op.report.counts;
    return h(
      'div',
      { class: 'op-verdict', role: 'status' },
      h('strong', null, verdictText()),
      counts
        ? ['blocking', 'warning', 'note'].map((severity) => h(
          'span',
          { class: 'op-chip op-' + severity },
          op.t('n_' + severity, { n: op.number(counts[severity]) }) + rowsOf(severity)
        ))
        : null,
      set.has_book
        ? h('a', { class: 'op-button op-small', href: op.address('/inbox/' + set.id +
          '/report.xlsx') }, op.t('get_xlsx'))
        : null,
      op.report
        ? h('a', { class: 'op-button op-small', download: 'report.json',
          href: op.address('/inbox/' + set.id + '/report.json') }, op.t('get_json'))
        : null
    );
  };
})();
