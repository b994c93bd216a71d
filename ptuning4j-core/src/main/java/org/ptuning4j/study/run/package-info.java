/**
 * The runs of a study: what is trained, in which folder, and whether in this process or in one of
 * its own.
 */
package org.ptuning4j.study.run;
