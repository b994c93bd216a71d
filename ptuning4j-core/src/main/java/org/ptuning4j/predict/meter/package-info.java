/** What answering is measured by; needs Micrometer, which a program that uses this brings along. */
package org.ptuning4j.predict.meter;
