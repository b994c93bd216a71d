/**
 * The normal form of values: when two labels, column names or answers that are written differently
 * are the same, and when two that look the same are not.
 */
package org.ptuning4j.data.value;
