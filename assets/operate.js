/**
 * The operator's page: what is sent in, what is wrong with it, what is published. This file keeps
 * the state, asks the server and lays out the frame; the steps draw themselves.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const h = LC.h;
  const POLL_MS = 1000;
  const STEPS = [1, 2, 3, 4, 5];
  const NEXT = { demo: 1, propose: 2, check: 3, build: 4, compare: 4, publish: 5 };

  const op = (LC.operate = {
    words: null,
    choices: [],
    issues: {},
    now: null,
    report: null,
    reportOf: '',
    step: 0,
    set: '',
    notice: null,
    asking: null,
    draft: null,
    filter: { severity: '', group: -1 },
    drawStep: {},
    ended: 0,
  });
  let box = null;
  let timer = 0;
  let last = '';

  async function fetched(path, options) {
    let answer;
    try {
      answer = await fetch(op.address(path), options);
    } catch (error) {
      throw new Error(op.t('away'));
    }
    if (answer.ok) return answer.json();
    let reason = answer.status + ' ' + answer.statusText;
    try {
      reason = (await answer.json()).error || reason;
    } catch (error) {
      // a proxy's own page: the status is all there is
    }
    throw new Error(reason);
  }

  /**
   * Ask the server for something; resolves to null, with a notice, when it says no. `then` is told
   * the answer before the page is brought up to it.
   */
  op.post = async (path, body, then) => {
    try {
      const said = await fetched(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body || {}),
      });
      op.notice = null;
      if (then) then(said);
      await op.refresh();
      return said;
    } catch (error) {
      op.say(op.t('failed', { reason: error.message }), true);
      return null;
    }
  };

  op.job = (kind, more) => {
    const set = op.now.set && op.now.set.id;
    const ofSet = ['propose', 'check', 'build', 'demo'].includes(kind);
    return op.post(ofSet ? '/inbox/' + set + '/job' : '/inbox/job', Object.assign({ kind }, more));
  };

  op.say = (text, isBad) => {
    op.notice = text ? { text, isBad: Boolean(isBad) } : null;
    op.draw();
  };

  op.busy = () => Boolean(op.now && op.now.busy);

  async function loadReport() {
    const { set } = op.now;
    const key = set && set.report_at ? set.id + '@' + set.report_at : '';
    if (key === op.reportOf) return;
    op.report = key ? await fetched('/inbox/' + set.id + '/report.json') : null;
    op.reportOf = key;
    op.filter = { severity: '', group: -1 };
  }

  /** Go to the step that an ended job leads to; the first look at the page goes to the step due. */
  function followJobs(before) {
    const ended = op.now.jobs.filter((job) => job.ended_at && job.job_id > op.ended);
    const was = before ? before.jobs.filter((job) => !job.ended_at).map((job) => job.job_id) : [];
    const fresh = ended.filter((job) => was.includes(job.job_id));
    fresh.forEach((job) => {
      op.ended = Math.max(op.ended, job.job_id);
      if (job.state === 'failed') {
        op.notice = {
          text: op.t('job_' + job.kind) + op.t('job_failed') + (op.lang() === 'zh' ? '：' : ': ') +
            job.message,
          isBad: true,
        };
      } else if (job.state === 'cancelled') {
        op.notice = { text: op.t('job_cancelled'), isBad: false };
      } else {
        op.step = NEXT[job.kind] || op.step;
        if (NEXT[job.kind]) op.isToTop = true;
        if (['publish', 'rollback'].includes(job.kind) && op.published) op.published(job);
      }
    });
  }

  function firstStep() {
    const { set } = op.now;
    if (!set || !set.files.length || !set.toml) return 1;
    if (!op.report || set.is_stale) return 1;
    if (op.report.counts.blocking || !op.report.release) return 3;
    return 4;
  }

  /** Bring the page up to what the server knows now. */
  op.refresh = async () => {
    clearTimeout(timer);
    const before = op.now;
    try {
      op.now = await fetched('/inbox/state?set=' + encodeURIComponent(op.set));
      if (op.now.may_operate) {
        if (op.now.set && op.now.set.id !== op.set) {
          op.set = op.now.set.id;
          op.draft = null;
        }
        await loadReport();
        followJobs(before);
        if (!op.step) op.step = firstStep();
      }
    } catch (error) {
      op.notice = { text: error.message, isBad: true };
    }
    op.draw();
    if (op.now && op.now.may_operate && op.busy()) timer = setTimeout(op.refresh, POLL_MS);
  };

  /** Show another set of files. */
  op.choose = (id) => {
    op.set = id;
    op.step = 0;
    op.draft = null;
    op.asking = null;
    op.refresh();
  };

  function noticeLine() {
    if (!op.notice) return null;
    return h(
      'div',
      { class: 'op-notice' + (op.notice.isBad ? ' is-bad' : ''), role: 'alert' },
      h('p', null, op.notice.text),
      op.button(op.t('close'), () => op.say(''), { small: true, key: 'close-notice' })
    );
  }

  function command(text) {
    return h(
      'div',
      { class: 'op-command' },
      h('code', null, text),
      op.button(op.t('copy'), () => navigator.clipboard && navigator.clipboard.writeText(text),
        { small: true, key: 'copy-' + text })
    );
  }

  function jobStep(job) {
    const text = op.or('step ' + job.message, job.message);
    const numbered = /^(.*?) (\d+\/\d+)$/.exec(job.message);
    return numbered ? op.or('step ' + numbered[1], numbered[1]) + ' ' + numbered[2] : text;
  }

  function jobLine() {
    const going = op.now.jobs.filter((job) => !job.ended_at).reverse();
    if (!going.length) return null;
    const job = going.find((each) => each.state === 'running') || going[0];
    const isRunning = job.state === 'running';
    const share = Math.round(job.progress * 100);
    return h(
      'div',
      { class: 'op-job', role: 'status' },
      h('strong', null, op.t('job_' + job.kind)),
      h('span', null, isRunning ? jobStep(job) : op.t('job_queued', { n: 0 })),
      h('progress', { max: 100, value: share, 'aria-label': op.t('job_' + job.kind) }),
      h('span', { class: 'op-share' }, share + ' %'),
      job.is_cancel_asked
        ? h('span', null, op.t('cancelling'))
        : op.button(op.t('cancel'), () => op.post('/inbox/job/' + job.job_id + '/cancel'),
          { small: true, key: 'cancel-job' }),
      going.length > 1
        ? h('span', { class: 'op-note' }, op.t('job_queued', { n: going.length - 1 }))
        : null
    );
  }

  function workerLine() {
    if (op.now.worker.is_alive) return null;
    return h(
      'div',
      { class: 'op-notice is-warning' },
      h('p', null, op.t('no_worker')),
      command(op.now.worker.command)
    );
  }

  function readOnly() {
    return [
      h('div', { class: 'op-notice' }, h('p', null, op.t('read_only')),
        command('python -m etl build CITY.toml --store STORE')),
      op.releases ? op.releases(false) : null,
    ];
  }

  function mark(step) {
    const { set } = op.now;
    const counts = op.report && op.report.counts;
    if (step === 1) return set.files.length ? 'done' : '';
    if (step === 2) return set.toml ? 'done' : '';
    if (step === 3 && counts && !set.is_stale) {
      return counts.blocking ? 'bad' : counts.warning ? 'warned' : 'done';
    }
    if (step === 4) return op.report && op.report.release && !set.is_stale ? 'done' : '';
    const current = op.now.releases.find((one) => one.is_current);
    return step === 5 && current && op.report && current.release === op.report.release
      ? 'done' : '';
  }

  const SIGNS = { done: '✓', bad: '✗', warned: '△' };
  const SAID = { done: 'is_done', bad: 'is_bad', warned: 'is_warned' };

  function stepper() {
    return h(
      'ol',
      { class: 'op-steps', 'aria-label': op.t('steps') },
      STEPS.map((step) => {
        const sign = mark(step);
        return h(
          'li',
          { class: op.step === step ? 'is-on' : '' },
          h(
            'button',
            {
              type: 'button',
              class: sign ? 'is-' + sign : '',
              'data-key': 'step-' + step,
              'aria-current': op.step === step ? 'step' : null,
              on: {
                click: () => {
                  op.step = step;
                  op.draw();
                },
              },
            },
            h('span', { class: 'op-ordinal', 'aria-hidden': 'true' }, SIGNS[sign] || step),
            op.t('step' + step),
            sign ? h('span', { class: 'op-hidden' }, ' ' + op.t(SAID[sign])) : null
          )
        );
      })
    );
  }

  function shape() {
    const { set } = op.now;
    const alone = box.hasAttribute('data-alone');
    return [
      alone ? null : h('h2', { class: 'op-title' }, op.t('load')),
      workerLine(),
      jobLine(),
      noticeLine(),
      op.setBar(),
      set && set.files.length ? op.verdict() : null,
      set ? stepper() : null,
      set && op.drawStep[op.step]
        ? h('div', { class: 'op-panel', 'data-step': op.step }, op.drawStep[op.step]())
        : null,
      op.releases(true),
    ];
  }

  /** Draw everything; what is typed in is kept in `op`, never in the page. */
  op.draw = () => {
    if (!box || !op.words) return;
    const seen = JSON.stringify([
      op.now, op.reportOf, op.step, op.notice, op.filter, op.sending || null,
      op.asking && op.asking.key, op.lang(), op.saved || 0,
    ]);
    if (seen === last) return;
    last = seen;
    const opened = Array.from(box.querySelectorAll('details[open] > summary')).map((node) =>
      node.textContent);
    const scrolled = Array.from(box.querySelectorAll('[data-scroll]')).map((node) =>
      [node.getAttribute('data-scroll'), node.scrollTop]);
    if (!op.now) LC.replace(box, noticeLine() || h('p', { class: 'op-note' }, op.t('working')));
    else LC.replace(box, ...(op.now.may_operate ? shape() : readOnly()));
    box.querySelectorAll('details > summary').forEach((node) => {
      if (opened.includes(node.textContent)) node.parentNode.open = true;
    });
    scrolled.forEach(([name, top]) => {
      const node = box.querySelector('[data-scroll="' + name + '"]');
      if (node) node.scrollTop = top;
    });
    box.setAttribute('data-ready', op.now ? '1' : '0');
    box.setAttribute('data-set', op.now && op.now.set ? op.now.set.id : '');
    if (op.isToTop) box.scrollIntoView({ block: 'start' });
    op.isToTop = false;
  };

  /** Begin in a container, once; later calls draw in the language of now. */
  op.mount = async (container) => {
    if (box === container) {
      op.draw();
      return;
    }
    box = container;
    last = '';
    try {
      const said = await fetched('/inbox/words');
      op.words = said.words;
      op.choices = said.choices;
      op.issues = said.issues;
    } catch (error) {
      LC.replace(box, h('p', null, error.message));
      return;
    }
    op.draw();
    await op.refresh();
  };

  (LC.views = LC.views || []).push({
    id: 'operate',
    needs: ['view'],
    draw: (container) => op.mount(container),
  });

  document.addEventListener('DOMContentLoaded', () => {
    const alone = document.querySelector('#operate[data-alone]');
    if (alone) op.mount(alone);
  });
})();
