-- What the web process and the worker write: SQLite, never part of a release.
-- one row a job: asked for by the web page, run by the worker, one at a time
create table if not exists job (
    job_id integer primary key autoincrement,
    kind text not null,                  -- geo.store.jobs.KINDS
    params text not null,                -- JSON object
    state text not null,                 -- queued | running | done | failed | cancelled
    progress real not null default 0,    -- 0..1
    message text not null default '',
    is_cancel_asked integer not null default 0,
    created_at text not null,            -- ISO 8601, UTC
    started_at text,
    ended_at text,
    result text                          -- JSON object; null until the job ended well
);

create index if not exists job_by_state on job (state, job_id);

-- one row a source set: a folder with a city.toml that was sent in or built
create table if not exists source_set (
    set_id text primary key,             -- YYYYMMDD-HHMMSS-xxxx
    city_toml text not null unique,      -- absolute path
    origin text not null,                -- page | command line
    base text,                           -- the set it began as a copy of
    base_files text not null,            -- JSON: relative path -> [bytes, mtime in ns] when it began
    created_at text not null,            -- ISO 8601, UTC
    month text,                          -- the rest: of the latest build
    city text,
    release text
);

-- one row a move of the pointer, by whom and why
create table if not exists publication (
    publication_id integer primary key autoincrement,
    at text not null,                    -- ISO 8601, UTC
    action text not null,                -- publish | rollback | build
    release text not null,
    before text,                         -- the release that was published until then
    reason text not null,
    origin text not null                 -- page | command line
);

-- one row a change that somebody made to a task; never changed, never removed
create table if not exists task_edit (
    edit_id integer primary key autoincrement,
    at text not null,                    -- ISO 8601, UTC
    task_id text not null,               -- of table task of a release
    field text not null,                 -- owner | due
    before text,                         -- as it was shown until then
    after text,
    who text not null,                   -- operator
    reason text not null,
    reopened integer not null,           -- how often the task had come back by then
    chain text not null                  -- sha256 of this row and of the chain before it
);

create index if not exists task_edit_by_task on task_edit (task_id);
