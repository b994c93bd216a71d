/** What is trained: parameters, the networks that produce prompts of them, and what these add. */
package org.ptuning4j.prompt.module;
