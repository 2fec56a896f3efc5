DROP FUNCTION mark_receipt(jsonb);
DROP FUNCTION mark_receipts(jsonb);
DROP TYPE mark_result;
