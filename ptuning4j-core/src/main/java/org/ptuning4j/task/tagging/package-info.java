/** Tasks on words: entities and semantic roles. */
package org.ptuning4j.task.tagging;
