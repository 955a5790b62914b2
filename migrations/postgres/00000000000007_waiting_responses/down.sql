DROP TABLE waiting_responses;
