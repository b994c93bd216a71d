/** Files of labelled text, read so that every bad record is known by its line. */
package org.ptuning4j.data;
