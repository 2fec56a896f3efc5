DROP FUNCTION visible_attachments(uuid[]), media_bytes(), record_upload(uuid, uuid, jsonb, bigint),
  release_attachments(uuid[]), sweep_uploads(timestamptz, integer), drop_unused_blobs(uuid[]);
