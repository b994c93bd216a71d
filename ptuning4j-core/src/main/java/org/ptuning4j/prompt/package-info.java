/** What a prompt method is. The methods themselves are in {@link org.ptuning4j.prompt.method}. */
package org.ptuning4j.prompt;
