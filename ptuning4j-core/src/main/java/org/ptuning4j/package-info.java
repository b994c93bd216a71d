/**
 * What all packages may use: errors that name what is wrong, fields of definitions, suggestions.
 */
package org.ptuning4j;
