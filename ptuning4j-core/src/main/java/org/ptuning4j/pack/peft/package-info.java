/** PEFT's adapter folders: read into packs, and written from them. */
package org.ptuning4j.pack.peft;
