/** The files of published data sets, from where their authors publish them. */
package org.ptuning4j.hub.dataset;
