/** What a data file holds, before anything is trained on it. */
package org.ptuning4j.task.check;
