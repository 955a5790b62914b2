DROP TABLE payload_recordings;
DROP TABLE exchanges;
