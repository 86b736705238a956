"""Bring invoices in from elsewhere: files in, records and refusals out; knows no model.

Three severities. A *refusal* is a sum or an identity that would make a wrong debt. A *doubt*
is a contradiction beside the sum (a broken schema, a line that does not multiply): refused
too, unless the user accepts doubts. A *notice* is read and shown, and changes nothing.
"""
