/** Tasks put as a cloze that the model's own words fill. */
package org.ptuning4j.task.cloze;
