-- What the web process and the worker write: SQLite, never part of a release.
-- one row a job: asked for by the web page, run by the worker, one at a time
create table if not exists job (
    job_id integer primary key autoincrement,
    kind text not null,                  -- build | publish | rollback
    params text not null,                -- JSON object
    state text not null,                 -- queued | running | done | failed | cancelled
    progress real not null default 0,    -- 0..1
    message text not null default '',
    is_cancel_asked integer not null default 0,
    created_at text not null,            -- ISO 8601, UTC
    started_at text,
    ended_at text
);

create index if not exists job_by_state on job (state, job_id);
