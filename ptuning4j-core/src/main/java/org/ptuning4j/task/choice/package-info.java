/** Tasks that choose among candidates: COPA's kind, MultiRC, ReCoRD. */
package org.ptuning4j.task.choice;
