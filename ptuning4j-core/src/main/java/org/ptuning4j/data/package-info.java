/**
 * Files of labelled text, read so that every bad record is known by its line, and cut into batches.
 */
package org.ptuning4j.data;
