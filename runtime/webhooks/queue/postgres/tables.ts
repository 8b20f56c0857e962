/**
 * Tables of webhooks, as a step of the layout of a schema. A delivery without a fence waits; one with a fence is leased
 * until `due_ms`; those of one batch have the same `lot`, and in `mates` how many they are. `send_ms` is when it is sent though its batch is not full. An endpoint is looked at from the latest of
 * its three moments on: when something of it is due, when its circuit lets an attempt through, when it has a token again.
 */
export const webhookTables = `
  CREATE TABLE webhook_deliveries (
    seq bigint GENERATED ALWAYS AS IDENTITY, id text COLLATE "C" NOT NULL PRIMARY KEY,
    subscription_id text COLLATE "C" NOT NULL, url text COLLATE "C" NOT NULL, task_id text COLLATE "C" NOT NULL,
    event text NOT NULL, body text NOT NULL, order_key text COLLATE "C", batch_size integer NOT NULL,
    batch_ms bigint NOT NULL, created_ms bigint NOT NULL, expires_ms bigint, attempts integer NOT NULL,
    replays integer NOT NULL, status smallint NOT NULL, due_ms bigint NOT NULL, send_ms bigint NOT NULL, fence bigint,
    lot bigint, mates integer,
    lane text GENERATED ALWAYS AS (
      CASE WHEN order_key IS NOT NULL THEN md5(length(url)::text || ':' || url || order_key) END) STORED)
    WITH (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 70);
  CREATE UNIQUE INDEX webhook_deliveries_seq ON webhook_deliveries (seq);
  CREATE INDEX webhook_deliveries_send ON webhook_deliveries (url, send_ms, seq);
  CREATE INDEX webhook_deliveries_batch ON webhook_deliveries (url, due_ms) WHERE batch_size > 1;
  CREATE INDEX webhook_deliveries_order ON webhook_deliveries (lane, seq) WHERE lane IS NOT NULL;
  CREATE INDEX webhook_deliveries_leased ON webhook_deliveries (due_ms) WHERE fence IS NOT NULL;
  CREATE INDEX webhook_deliveries_expiry ON webhook_deliveries (expires_ms) WHERE expires_ms IS NOT NULL;
  CREATE INDEX webhook_deliveries_subscription ON webhook_deliveries (subscription_id);
  CREATE SEQUENCE webhook_fence;
  CREATE TABLE webhook_endpoints (
    url text COLLATE "C" NOT NULL PRIMARY KEY, circuit text NOT NULL DEFAULT 'closed',
    failures integer NOT NULL DEFAULT 0, probe bigint, tat double precision NOT NULL DEFAULT 0, ready_ms bigint,
    open_until_ms bigint, token_ms bigint, last_served bigint NOT NULL DEFAULT 0, served_ms bigint NOT NULL DEFAULT 0)
    WITH (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 70);
  CREATE INDEX webhook_endpoints_ready ON webhook_endpoints (greatest(ready_ms, open_until_ms, token_ms))
    WHERE ready_ms IS NOT NULL;
  CREATE INDEX webhook_endpoints_open ON webhook_endpoints (url) WHERE circuit <> 'closed';
  CREATE TABLE webhook_global (
    one integer NOT NULL PRIMARY KEY CHECK (one = 1), tat double precision NOT NULL, token_ms bigint,
    swept_ms bigint NOT NULL) WITH (fillfactor = 10);
  INSERT INTO webhook_global VALUES (1, 0, NULL, 0);
  CREATE TABLE webhook_dead (
    seq bigint GENERATED ALWAYS AS IDENTITY, id text COLLATE "C" NOT NULL PRIMARY KEY,
    subscription_id text COLLATE "C" NOT NULL, url text COLLATE "C" NOT NULL, task_id text COLLATE "C" NOT NULL,
    event text NOT NULL, body text NOT NULL, order_key text COLLATE "C", batch_size integer NOT NULL,
    batch_ms bigint NOT NULL, created_ms bigint NOT NULL, expires_ms bigint, attempts integer NOT NULL,
    replays integer NOT NULL, status smallint NOT NULL, died_ms bigint NOT NULL, reason text NOT NULL);
  CREATE UNIQUE INDEX webhook_dead_time ON webhook_dead (died_ms, seq);
  CREATE TABLE webhook_attempts (
    seq bigint GENERATED ALWAYS AS IDENTITY, delivery_id text COLLATE "C" NOT NULL,
    subscription_id text COLLATE "C" NOT NULL, url text COLLATE "C" NOT NULL, task_id text COLLATE "C" NOT NULL,
    event text NOT NULL, attempt integer NOT NULL, replays integer NOT NULL, outcome text NOT NULL,
    started_ms bigint NOT NULL, elapsed_ms double precision NOT NULL, status smallint NOT NULL, address text,
    error text, reason text, response text);
  CREATE UNIQUE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, replays, attempt);
  CREATE INDEX webhook_attempts_time ON webhook_attempts (started_ms, seq);
  CREATE INDEX webhook_attempts_task ON webhook_attempts (task_id, started_ms, seq);
  CREATE INDEX webhook_attempts_status ON webhook_attempts (status, started_ms, seq);
  CREATE TABLE webhook_subscriptions (
    id text COLLATE "C" NOT NULL PRIMARY KEY, owner text COLLATE "C" NOT NULL, task_id text COLLATE "C",
    url text COLLATE "C" NOT NULL, created_ms bigint NOT NULL, version bigint NOT NULL, record text NOT NULL);
  CREATE INDEX webhook_subscriptions_time ON webhook_subscriptions (created_ms, id);
  CREATE INDEX webhook_subscriptions_task ON webhook_subscriptions (task_id);
  CREATE TABLE webhook_owner (agent text COLLATE "C", revision bigint NOT NULL) WITH (fillfactor = 10);
  INSERT INTO webhook_owner VALUES (NULL, 0);`;
