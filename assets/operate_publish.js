/**
 * Steps 4 and 5 of the operator's page: compare with what is published, publish, go back.
 */
(function () {
  'use strict';
  const LC = window.livingCircle;
  const op = LC.operate;
  const h = LC.h;
  const reasons = {};

  const current = () => op.now.releases.find((one) => one.is_current) || null;
  const draft = () => {
    const id = op.report && op.report.release;
    return id ? op.now.releases.find((one) => one.release === id) || null : null;
  };

  function buildFirst(key) {
    return [
      h('p', null, op.t(key)),
      op.button(op.t('step3'), () => {
        op.step = 3;
        op.draw();
      }, { key: 'back-to-check' }),
    ];
  }

  const onward = () => h('div', { class: 'op-actions' }, op.button(op.t('to_publish'), () => {
    op.step = 5;
    op.draw();
  }, { main: true }));

  op.drawStep[4] = () => {
    const now = current();
    const mine = draft();
    if (!mine || op.now.set.is_stale) return buildFirst('compare_first');
    if (!now) return [h('p', null, op.t('no_current')), onward()];
    if (now.release === mine.release) return [h('p', null, op.t('same_release'))];
    return [op.comparison ? op.comparison(now, mine) : h('p', null, op.t('no_compare')), onward()];
  };

  function reasonBox(key, label) {
    const needed = op.now.limits.reason;
    return h(
      'label',
      { class: 'op-reason' },
      label,
      h('input', {
        type: 'text',
        maxlength: 200,
        value: reasons[key] || '',
        'data-key': 'reason-' + key,
        id: 'op-reason-' + key,
        on: {
          input: (event) => {
            reasons[key] = event.target.value;
            const box = event.target.closest('.op-publish, tr');
            const button = box && box.querySelector('[data-needs-reason]');
            if (button) button.disabled = event.target.value.trim().length < needed;
          },
        },
      })
    );
  }

  const isReasoned = (release) =>
    !release.warnings || (reasons[release.release] || '').trim().length >= op.now.limits.reason;

  function publishButton(mine) {
    const button = op.button(
      op.t('do_publish'),
      () => op.confirm('publish', op.t('publish_sure', { release: mine.release }), () =>
        op.job('publish', { release: mine.release, reason: reasons[mine.release] || '' })),
      { main: true, key: 'publish', disabled: op.busy() || !isReasoned(mine) }
    );
    if (mine.warnings && !op.busy()) button.setAttribute('data-needs-reason', '');
    return button;
  }

  op.drawStep[5] = () => {
    const mine = draft();
    const now = current();
    if (!mine || op.now.set.is_stale) return buildFirst('publish_first');
    if (now && now.release === mine.release) return [h('p', null, op.t('v_current')), toPages()];
    return [
      h(
        'div',
        { class: 'op-publish' },
        h('p', null, op.t('draft_is', {
          release: mine.release, month: mine.month, n: op.number(mine.warnings),
        })),
        reasonBox(mine.release, op.t('reason_label')),
        mine.warnings
          ? h('p', { class: 'op-note' }, op.t('reason_needed', { n: op.now.limits.reason })) : null,
        h('div', { class: 'op-actions' }, publishButton(mine)),
        op.confirmBox('publish')
      ),
    ];
  };

  const toPages = () => h('p', null, h('a', { class: 'op-button', href: op.address('/') },
    op.t('to_pages')));

  /** The first release makes the other pages: what stood here alone is loaded anew. */
  op.published = () => {
    const box = document.getElementById('operate');
    if (box && box.hasAttribute('data-alone')) window.location.reload();
  };

  function rollbackCell(one) {
    const key = 'rollback-' + one.release;
    if (one.is_current) return h('strong', { class: 'op-current' }, op.t('current'));
    if (!one.is_present) return h('span', { class: 'op-note' }, op.t('gone'));
    if (!one.was_published) return h('span', { class: 'op-note' }, op.t('draft'));
    const asked = op.confirmBox(key);
    if (asked) return [reasonBox(one.release, op.t('rollback_reason')), asked];
    return op.button(op.t('do_rollback'), () => op.confirm(
      key,
      op.t('rollback_sure', { release: one.release, month: one.month }),
      () => {
        const reason = reasons[one.release] || '';
        op.job('rollback', { release: one.release, reason });
      }
    ), { small: true, key, label: op.t('do_rollback') + ' ' + one.release, disabled: op.busy() });
  }

  const originOf = (one) => (one.origin ? op.or('origin_' + one.origin, one.origin) : '–');

  function releaseRow(one, canAct) {
    return h(
      'tr',
      { class: one.is_current ? 'is-on' : '', 'data-release': one.release },
      h('td', null, h('code', null, one.release)),
      h('td', null, one.month),
      h('td', null, op.time(one.built_at)),
      h('td', { class: 'number' }, op.number(one.warnings)),
      h('td', null, one.published_at ? op.time(one.published_at) : '–'),
      h('td', null, originOf(one)),
      h('td', { class: 'op-why' }, reasonOf(one)),
      h('td', { class: 'op-end' }, canAct ? rollbackCell(one)
        : one.is_current ? h('strong', null, op.t('current')) : null)
    );
  }

  function reasonOf(one) {
    if (!one.reason || one.reason === 'command line') return '–';
    return one.reason;
  }

  function log() {
    if (!op.now.publications.length) return null;
    return h(
      'details',
      { class: 'op-source' },
      h('summary', null, op.t('log')),
      op.table(
        [[op.t('when')], [op.t('what')], [op.t('release')], [op.t('from')], [op.t('reason_label')]],
        op.now.publications.map((one) => h(
          'tr',
          null,
          h('td', null, op.time(one.at)),
          h('td', null, op.or('act_' + one.action, one.action)),
          h('td', null, (one.before ? one.before + ' → ' : '') + one.release),
          h('td', null, originOf(one)),
          h('td', null, one.reason || '–')
        )),
        'log'
      )
    );
  }

  /** Draw the releases of the store, the way back, and who published what and why. */
  op.releases = (canAct) => {
    if (!op.now.releases.length) return null;
    const heads = [
      [op.t('release')], [op.t('month')], [op.t('built_at')], [op.t('warnings'), 'number'],
      [op.t('published_at')], [op.t('from')], [op.t('reason_label')], [''],
    ];
    return h(
      'section',
      { class: 'op-card', id: 'op-releases' },
      h('h3', null, op.t('history')),
      op.table(heads, op.now.releases.map((one) => releaseRow(one, canAct)), 'releases'),
      log()
    );
  };
})();
