/**
 * What runs came to, as one page: curves, confusions, calibration, errors, cost, what their prompts
 * do, and whether their differences are more than chance.
 */
package org.ptuning4j.report;
