/** What prompts of other programs have in common when packs are made of them. */
package org.ptuning4j.pack.foreign;
