/** Knowledge probing. */
package org.ptuning4j.task.lama;
