/** Passages with questions: SQuAD, MultiRC and ReCoRD. */
package org.ptuning4j.data.question;
