/** The values that prompts have before training. */
package org.ptuning4j.prompt.initialisation;
