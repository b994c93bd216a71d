/** One way to open input: files, pipes and streams, decompressed, decoded and seen to be text. */
package org.ptuning4j.data.input;
