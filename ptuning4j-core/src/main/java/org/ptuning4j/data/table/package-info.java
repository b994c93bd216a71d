/** Tables of labelled text: JSONL, CSV and TSV, record by record. */
package org.ptuning4j.data.table;
