/**
 * Trained prompts, in the forms in which they enter a backbone, and how they are mixed in a batch.
 */
package org.ptuning4j.prompt.form;
