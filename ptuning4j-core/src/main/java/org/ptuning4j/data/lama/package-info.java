/** Facts of the LAMA probe and its relations. */
package org.ptuning4j.data.lama;
