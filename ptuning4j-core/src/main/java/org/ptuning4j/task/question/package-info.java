/** Extractive question answering. */
package org.ptuning4j.task.question;
